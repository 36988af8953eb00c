/** A button with an outline, in the share panel. */
export const buttonClass =
  'flex h-9 items-center justify-center gap-2 rounded-button border border-line px-3 hover:bg-ink/6 pointer-coarse:h-[44px]'

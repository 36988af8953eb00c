/** How inputs and buttons of the admin pages look. */

export const inputStyle = (isWrong = false) =>
  `h-10 w-full min-w-0 rounded-button border bg-plaster px-3 text-ink disabled:opacity-60 pointer-coarse:h-[44px] ${isWrong ? 'border-sinopia' : 'border-line'}`

export const labelStyle = 'block text-[12.5px] text-muted'
export const noteStyle = (isWrong = false) => `mt-1 text-[12.5px] ${isWrong ? 'text-sinopia' : 'text-muted'}`

const button = 'inline-flex h-10 shrink-0 items-center justify-center gap-2 whitespace-nowrap rounded-button px-4 disabled:opacity-60'
export const plainButton = `${button} border border-line enabled:hover:bg-ink/6`
export const filledButton = `${button} bg-ultramarine font-medium text-on-accent enabled:hover:opacity-90`
export const dangerButton = `${plainButton} text-sinopia`
export const dangerFilledButton = `${button} bg-sinopia font-medium text-surface enabled:hover:opacity-90`
export const iconButton =
  'grid size-10 shrink-0 place-items-center rounded-button border border-line text-muted enabled:hover:bg-ink/6 disabled:opacity-60 pointer-coarse:size-[44px]'

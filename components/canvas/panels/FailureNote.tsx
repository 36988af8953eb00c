'use client'

interface FailureNoteProps {
  readonly title: string
  readonly body: string
  readonly action: string
  readonly onAction: () => void
}

/** What could not be loaded, what is not affected, and a button to try again at once. */
export const FailureNote = ({ title, body, action, onAction }: FailureNoteProps) => (
  <div role="alert" data-testid="failure" className="flex gap-3">
    <span aria-hidden className="mt-1.5 size-2 shrink-0 rotate-45 bg-sinopia" />
    <div className="min-w-0">
      <p className="font-medium">{title}</p>
      <p className="mt-1 text-[13px] text-muted">{body}</p>
      <button type="button" onClick={onAction} className="mt-2.5 h-9 rounded-button border border-line px-3 hover:bg-ink/6">
        {action}
      </button>
    </div>
  </div>
)

/** Quiet bars in the place of what is loading. */
export const LoadingRows = ({ rows }: { rows: number }) => (
  <div aria-busy data-testid="loading" className="breathing space-y-2.5">
    {Array.from({ length: rows }, (_, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: the bars never move
      <div key={index} className="h-6 rounded-[8px] bg-line" style={{ width: `${100 - index * 6}%` }} />
    ))}
  </div>
)

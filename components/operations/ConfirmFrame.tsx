import { AlertDialog } from 'radix-ui'
import type { ReactNode } from 'react'

interface ConfirmFrameProps {
  readonly title: string
  readonly body: string
  readonly children: ReactNode
}

/** What an open dialog shows, in the middle of the page. */
export const ConfirmFrame = ({ title, body, children }: ConfirmFrameProps) => (
  <AlertDialog.Portal>
    {/* Not AlertDialog.Overlay, which adds a style sheet that the page's policy forbids. */}
    <div aria-hidden className="fixed inset-0 z-40 bg-ink/25 dark:bg-black/50" />
    <AlertDialog.Content className="card fixed top-1/2 left-1/2 z-50 max-h-[calc(100dvh-24px)] w-[min(460px,calc(100vw-24px))] -translate-x-1/2 -translate-y-1/2 overflow-y-auto p-6">
      <AlertDialog.Title className="break-words font-semibold text-lg tracking-tight">{title}</AlertDialog.Title>
      <AlertDialog.Description className="mt-2 text-muted">{body}</AlertDialog.Description>
      {children}
    </AlertDialog.Content>
  </AlertDialog.Portal>
)

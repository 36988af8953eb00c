'use client'
import { AlertDialog } from 'radix-ui'
import type { ReactNode } from 'react'
import { useOperationsWords } from './use-operations-words.ts'

interface ConfirmDialogProps {
  readonly title: string
  readonly body: string
  readonly action: string
  readonly onYes: () => void
  /** The button that opens the dialog. */
  readonly children: ReactNode
}

/** Asks for a confirmation before an action that painters notice. */
export const ConfirmDialog = ({ title, body, action, onYes, children }: ConfirmDialogProps) => {
  const { t } = useOperationsWords()
  return (
    <AlertDialog.Root>
      <AlertDialog.Trigger asChild>{children}</AlertDialog.Trigger>
      <AlertDialog.Portal>
        {/* Not AlertDialog.Overlay, which adds a style sheet that the page's policy forbids. */}
        <div aria-hidden className="fixed inset-0 z-40 bg-ink/25 dark:bg-black/50" />
        <AlertDialog.Content className="card fixed top-1/2 left-1/2 z-50 w-[min(420px,calc(100vw-24px))] -translate-x-1/2 -translate-y-1/2 p-6">
          <AlertDialog.Title className="font-semibold text-lg tracking-tight">{title}</AlertDialog.Title>
          <AlertDialog.Description className="mt-2 text-muted">{body}</AlertDialog.Description>
          <div className="mt-5 flex justify-end gap-2">
            <AlertDialog.Cancel className="h-9 rounded-button border border-line px-4 hover:bg-ink/6">{t('cancel')}</AlertDialog.Cancel>
            <AlertDialog.Action className="h-9 rounded-button bg-sinopia px-4 font-medium text-surface hover:opacity-90" onClick={onYes}>
              {action}
            </AlertDialog.Action>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}

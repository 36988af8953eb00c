'use client'
import { AlertDialog } from 'radix-ui'
import type { ReactNode } from 'react'
import { ConfirmFrame } from './ConfirmFrame.tsx'
import { dangerFilledButton, plainButton } from './fields/field-styles.ts'
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
      <ConfirmFrame title={title} body={body}>
        <div className="mt-5 flex flex-wrap justify-end gap-2">
          <AlertDialog.Cancel className={plainButton}>{t('cancel')}</AlertDialog.Cancel>
          <AlertDialog.Action className={dangerFilledButton} onClick={onYes}>
            {action}
          </AlertDialog.Action>
        </div>
      </ConfirmFrame>
    </AlertDialog.Root>
  )
}

'use client'
import { AlertDialog } from 'radix-ui'
import { type ReactNode, useId, useState } from 'react'
import { ConfirmFrame } from './ConfirmFrame.tsx'
import { dangerFilledButton, inputStyle, labelStyle, plainButton } from './fields/field-styles.ts'
import { useOperationsWords } from './use-operations-words.ts'

interface TypedConfirmDialogProps {
  readonly title: string
  readonly body: string
  readonly action: string
  /** What has to be typed. */
  readonly confirm: string
  readonly label: string
  readonly onYes: () => void
  /** A command that the reader may want to run before. */
  readonly command: { readonly label: string; readonly text: string } | null
  /** The button that opens the dialog. */
  readonly children: ReactNode
}

/** Asks for a word before what cannot be undone. */
export const TypedConfirmDialog = ({ title, body, action, confirm, label, onYes, command, children }: TypedConfirmDialogProps) => {
  const { t } = useOperationsWords()
  const id = useId()
  const [text, setText] = useState('')
  const [isOpen, setOpen] = useState(false)
  const isRight = text.trim() === confirm
  const open = (next: boolean) => {
    setOpen(next)
    setText('')
  }
  return (
    <AlertDialog.Root open={isOpen} onOpenChange={open}>
      <AlertDialog.Trigger asChild>{children}</AlertDialog.Trigger>
      <ConfirmFrame title={title} body={body}>
        {command === null ? null : <Command {...command} />}
        <form
          className="mt-4"
          onSubmit={(event) => {
            event.preventDefault()
            if (!isRight) return
            open(false)
            onYes()
          }}
        >
          <label htmlFor={id} className={labelStyle}>
            {label}
          </label>
          <input
            id={id}
            name="confirm"
            value={text}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            className={`mt-1 font-mono ${inputStyle()}`}
            onChange={(event) => setText(event.target.value)}
          />
          <div className="mt-5 flex flex-wrap justify-end gap-2">
            <AlertDialog.Cancel type="button" className={plainButton}>
              {t('cancel')}
            </AlertDialog.Cancel>
            <button type="submit" className={dangerFilledButton} disabled={!isRight}>
              {action}
            </button>
          </div>
        </form>
      </ConfirmFrame>
    </AlertDialog.Root>
  )
}

const Command = ({ label, text }: { label: string; text: string }) => (
  <div className="mt-3 text-muted">
    <p>{label}</p>
    <code className="mt-1 block select-all break-all rounded-button bg-plaster px-3 py-2 font-mono text-[12.5px] text-ink" translate="no">
      {text}
    </code>
  </div>
)

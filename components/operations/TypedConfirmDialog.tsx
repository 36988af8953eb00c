'use client'
import { AlertDialog } from 'radix-ui'
import { type ReactNode, useId, useState } from 'react'
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
      <AlertDialog.Portal>
        {/* Not AlertDialog.Overlay, which adds a style sheet that the page's policy forbids. */}
        <div aria-hidden className="fixed inset-0 z-40 bg-ink/25 dark:bg-black/50" />
        <AlertDialog.Content className="card fixed top-1/2 left-1/2 z-50 max-h-[calc(100dvh-24px)] w-[min(460px,calc(100vw-24px))] -translate-x-1/2 -translate-y-1/2 overflow-y-auto p-6">
          <AlertDialog.Title className="break-words font-semibold text-lg tracking-tight">{title}</AlertDialog.Title>
          <AlertDialog.Description className="mt-2 text-muted">{body}</AlertDialog.Description>
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
        </AlertDialog.Content>
      </AlertDialog.Portal>
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

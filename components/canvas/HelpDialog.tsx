'use client'

import { X } from 'lucide-react'
import { Dialog, Switch } from 'radix-ui'
import { useRef } from 'react'
import { useWords } from '../language.tsx'
import { useCanvasParts, useUi } from './canvas-context.ts'
import { choose } from './ui-store.ts'

const keys = ['move', 'paint', 'choose', 'step', 'zoom', 'grid', 'help'] as const
const gestures = ['choose', 'paint', 'move', 'zoom'] as const

export const HelpDialog = () => {
  const { t } = useWords()
  const { ui } = useCanvasParts()
  const open = useUi((state) => state.help)
  const letters = useUi((state) => state.letters)
  const touch = useUi((state) => state.touch)
  const rows = touch
    ? gestures.map((name) => ({ input: t(`help.gestures.${name}.input`), action: t(`help.gestures.${name}.action`) }))
    : keys.map((name) => ({ input: t(`help.keys.${name}.input`), action: t(`help.keys.${name}.action`) }))
  const before = useRef<Element | null>(null)
  return (
    <Dialog.Root open={open} onOpenChange={(help) => ui.setState({ help })}>
      <Dialog.Portal>
        {/* Not Dialog.Overlay: it locks scrolling with a style sheet of its own, which the page's policy forbids, and nothing scrolls here. */}
        <div aria-hidden className="fixed inset-0 z-40 bg-ink/25 dark:bg-black/50" />
        <Dialog.Content
          // A key opens it as well, so there is no one trigger to go back to.
          onOpenAutoFocus={() => {
            before.current = document.activeElement
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault()
            if (before.current instanceof HTMLElement) before.current.focus()
          }}
          className="card rising fixed top-1/2 left-1/2 z-50 max-h-[calc(100dvh-32px)] w-[min(420px,calc(100vw-24px))] -translate-x-1/2 -translate-y-1/2 overflow-y-auto p-6 [animation-name:none]"
        >
          <div className="flex items-start justify-between gap-4">
            <Dialog.Title className="text-lg font-semibold tracking-tight">{t('help.title')}</Dialog.Title>
            <Dialog.Close aria-label={t('help.close')} className="-mt-1 -mr-2 grid size-9 place-items-center rounded-button hover:bg-ink/6">
              <X size={19} strokeWidth={1.8} aria-hidden />
            </Dialog.Close>
          </div>
          <Dialog.Description className="mt-2 text-muted">{t(touch ? 'help.introTouch' : 'help.intro')}</Dialog.Description>
          <p className="mt-2 text-muted">{t('help.charges')}</p>
          <h2 className="mt-5 text-[12.5px] font-medium text-muted">{t(touch ? 'help.touch' : 'help.keyboard')}</h2>
          <dl className="mt-2 divide-y divide-line">
            {rows.map(({ input, action }) => (
              <div key={input} className="flex items-baseline justify-between gap-4 py-1.5">
                <dt className="numbers text-[13px] whitespace-nowrap">{input}</dt>
                <dd className="text-right text-[13px]">{action}</dd>
              </div>
            ))}
          </dl>
          {!touch && (
            <label className="mt-4 flex items-center justify-between gap-4" htmlFor="letter-keys">
              <span>
                <span>{t('help.letters')}</span>
                <span className="block text-[12.5px] text-muted">{t('help.lettersHint')}</span>
              </span>
              <Switch.Root
                id="letter-keys"
                checked={letters}
                onCheckedChange={(on) => choose(ui, { letters: on })}
                className="h-6 w-10 shrink-0 rounded-full bg-line p-0.5 transition-colors data-[state=checked]:bg-ultramarine"
              >
                <Switch.Thumb className="block size-5 rounded-full bg-surface transition-transform data-[state=checked]:translate-x-4" />
              </Switch.Root>
            </label>
          )}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

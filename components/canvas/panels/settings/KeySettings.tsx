'use client'

import { useEffect, useState } from 'react'
import { useWords } from '../../../language.tsx'
import { SwitchRow } from '../../../ui/SwitchRow.tsx'
import { useCanvasParts, useUi } from '../../canvas-context.ts'
import { type Command, commandOf, commands, isLetterKey, keysOf, keyText, withDefault, withKey } from '../../commands.ts'
import { commandKey } from '../../keyboard.ts'
import { choose } from '../../ui-store.ts'

/** A command that waits for its new key. `taken`: the pressed key belongs to another command. */
interface Waiting {
  readonly command: Command
  readonly taken: { readonly key: string; readonly by: Command } | null
  readonly isRefused: boolean
}

const ofModifiers: ReadonlySet<string> = new Set(['Shift', 'Control', 'Alt', 'AltGraph', 'Meta', 'CapsLock', 'Fn', 'Dead', 'Process'])

/** Takes the next key before anything else on the page does. */
const useNextKey = (isOn: boolean, onKey: (key: string | null) => void, onCancel: () => void) => {
  useEffect(() => {
    if (!isOn) return
    const onKeyDown = (event: KeyboardEvent) => {
      if (ofModifiers.has(event.key)) return
      // Tab leaves, as everywhere.
      if (event.key === 'Tab') return onCancel()
      event.preventDefault()
      event.stopImmediatePropagation()
      if (event.key === 'Escape') return onCancel()
      if (!event.repeat) onKey(commandKey(event))
    }
    addEventListener('keydown', onKeyDown, { capture: true })
    return () => removeEventListener('keydown', onKeyDown, { capture: true })
  }, [isOn, onKey, onCancel])
}

const buttonClass = 'h-9 rounded-button border border-line px-3 text-[13px] hover:bg-ink/6 pointer-coarse:h-[44px]'

const Row = ({ command, isWaiting, onPress }: { command: Command; isWaiting: boolean; onPress: () => void }) => {
  const words = useWords()
  const { t } = words
  const chosen = useUi((state) => state.keys)
  const letters = useUi((state) => state.letters)
  const keys = keysOf(chosen, command.id)
  const isOff = !letters && keys.every(isLetterKey)
  const label = command.label(words)
  const text = keys.length === 0 ? t('settings.keyNone') : keys.map(keyText).join('  ')
  return (
    <li className="flex min-h-[44px] items-center justify-between gap-3">
      <span className="min-w-0 wrap-anywhere">{label}</span>
      <button
        type="button"
        onClick={onPress}
        aria-label={t('settings.keyChange', { command: label, key: text })}
        aria-pressed={isWaiting}
        data-testid={`key-${command.id}`}
        className="h-8 min-w-14 shrink-0 rounded-[8px] border border-line px-2 text-[13px] hover:bg-ink/6 aria-pressed:border-ultramarine aria-pressed:text-ultramarine"
      >
        {isWaiting ? (
          t('settings.keyPress')
        ) : (
          <kbd translate="no" dir="ltr" className={keys.length === 0 || isOff ? 'text-muted' : 'numbers'}>
            {text}
          </kbd>
        )}
      </button>
    </li>
  )
}

/** The commands with their keys. A click on a key waits for another one. */
export const KeySettings = () => {
  const words = useWords()
  const { t } = words
  const { ui } = useCanvasParts()
  const chosen = useUi((state) => state.keys)
  const letters = useUi((state) => state.letters)
  const [waiting, setWaiting] = useState<Waiting | null>(null)

  const take = (command: Command, key: string) => {
    choose(ui, { keys: withKey(chosen, command.id, key) as Record<string, string[]> })
    setWaiting(null)
  }
  const onKey = (key: string | null) => {
    if (!waiting) return
    const { command, taken } = waiting
    if (key === null) return setWaiting({ command, taken: null, isRefused: true })
    const by = commandOf(chosen, key)
    if (by && by.id !== command.id && taken?.key !== key) return setWaiting({ command, taken: { key, by }, isRefused: false })
    take(command, key)
  }
  useNextKey(waiting !== null, onKey, () => setWaiting(null))

  const message = () => {
    if (waiting?.isRefused) return t('settings.keyRefused')
    if (waiting?.taken) return t('settings.keyTaken', { key: keyText(waiting.taken.key), command: waiting.taken.by.label(words) })
    return waiting ? t('settings.keyWaiting', { command: waiting.command.label(words) }) : ''
  }
  return (
    <>
      <SwitchRow
        label={t('help.letters')}
        hint={t('help.lettersHint')}
        checked={letters}
        onChange={(on) => choose(ui, { letters: on })}
        data-testid="setting-letters"
      />
      <ul className="divide-y divide-line">
        {commands.map((command) => (
          <Row
            key={command.id}
            command={command}
            isWaiting={waiting?.command.id === command.id}
            onPress={() => setWaiting(waiting?.command.id === command.id ? null : { command, taken: null, isRefused: false })}
          />
        ))}
      </ul>
      <p role="status" data-testid="key-message" className="mt-2 min-h-[2.8em] text-[12.5px] text-muted">
        {message()}
      </p>
      <div className="flex flex-wrap gap-2">
        {waiting && (
          <button
            type="button"
            className={buttonClass}
            onClick={() => {
              choose(ui, { keys: withDefault(chosen, waiting.command.id) as Record<string, string[]> })
              setWaiting(null)
            }}
          >
            {t('settings.keyDefault')}
          </button>
        )}
        {Object.keys(chosen).length > 0 && (
          <button type="button" className={buttonClass} onClick={() => choose(ui, { keys: {} })}>
            {t('settings.keysReset')}
          </button>
        )}
      </div>
    </>
  )
}

/** What each key does, as a pure function. */
import type { PanelId } from './panels/panels.ts'

export type KeyAction =
  | { do: 'move'; dx: number; dy: number }
  | { do: 'paint' }
  /** Space is down: a stroke begins. It ends when Space is up. */
  | { do: 'hold' }
  | { do: 'choose'; index: number }
  | { do: 'step'; by: 1 | -1 }
  | { do: 'zoom'; by: 1 | -1 }
  | { do: 'grid' }
  | { do: 'minimap' }
  /** The eyedropper on or off. */
  | { do: 'eyedropper' }
  /** The brush on or off. */
  | { do: 'brush' }
  /** Takes back the newest step. */
  | { do: 'undo' }
  /** Opens the inspector at the selected cell, or closes it there. */
  | { do: 'inspect' }
  | { do: 'panel'; id: PanelId }
  /** Hides the templates or shows them again. */
  | { do: 'template' }
  /** Goes to the nearest cell that is not as a template wants it, or back to the last one. */
  | { do: 'next'; by: 1 | -1 }
  /** Drops the stroke, else closes the inspector, else ends the tool, else closes the open panel. */
  | { do: 'end' }

/** The part of a `KeyboardEvent` that decides what a key does. */
export interface Key {
  readonly key: string
  /** The physical key, named after a US keyboard. */
  readonly code: string
  readonly shiftKey: boolean
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  /** The key is part of a character that an input method is composing. */
  readonly isComposing: boolean
  getModifierState(name: 'AltGraph'): boolean
}

export interface KeyOptions {
  /** What the keys of the commands do (`commands.ts`). */
  readonly bindings: ReadonlyMap<string, KeyAction>
  /** Single letters are shortcuts. */
  readonly letters: boolean
  /** On a Mac, Option types characters as AltGr does elsewhere. */
  readonly isMac: boolean
}

const arrows: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

export const keyAction = (event: Key, options: KeyOptions): KeyAction | null => {
  const { ctrlKey, metaKey, altKey, shiftKey, isComposing } = event
  if (metaKey || isComposing) return null
  if (ctrlKey || altKey || event.getModifierState('AltGraph'))
    return isBracket(event.key) && typesBracket(event, options) ? boundAction(event.key, event, options) : null
  const key = latinKey(event)
  const arrow = arrows[key]
  if (arrow) {
    const step = shiftKey ? 10 : 1
    return { do: 'move', dx: arrow[0] * step, dy: arrow[1] * step }
  }
  if (/^[0-9]$/.test(key)) return { do: 'choose', index: key === '0' ? 9 : Number(key) - 1 }
  if (key === 'Enter') return { do: 'paint' }
  if (key === ' ') return { do: 'hold' }
  if (key === 'Escape') return { do: 'end' }
  return boundAction(key, event, options)
}

const boundAction = (typed: string, { shiftKey }: Key, { bindings, letters }: KeyOptions): KeyAction | null => {
  const key = typed.toLowerCase()
  if (!letters && /^\p{L}$/u.test(key)) return null
  return (shiftKey ? bindings.get(`shift+${key}`) : undefined) ?? bindings.get(key) ?? null
}

/**
 * The key of a command that an event would press: one character, with `shift+` before a letter. Null: this key cannot be given to a command,
 * because it has a fixed meaning or belongs to the browser.
 */
export const commandKey = (event: Key): string | null => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return null
  const key = latinKey(event).toLowerCase()
  if ([...key].length !== 1 || /[\s\d]/.test(key)) return null
  return event.shiftKey && /\p{L}/u.test(key) ? `shift+${key}` : key
}

const isBracket = (key: string) => key === '[' || key === ']'

/**
 * Many keyboards type [ and ] with AltGr, which Windows also reports as Ctrl+Alt, or with Option on a Mac. The bracket key itself
 * with Alt is a shortcut of the browser or the system.
 */
const typesBracket = (event: Key, { isMac }: KeyOptions): boolean => {
  if (event.getModifierState('AltGraph')) return true
  return event.altKey && (!event.code.startsWith('Bracket') || (isMac && !event.ctrlKey))
}

const otherCodes: Record<string, string> = { BracketLeft: '[', BracketRight: ']', Minus: '-', Equal: '=' }

/** The key. On a keyboard of another script it is the Latin character of the physical key. Full-width characters become plain ones. */
export const latinKey = ({ key: typed, code }: Pick<Key, 'key' | 'code'>): string => {
  const key = typed.normalize('NFKC')
  if (!/^[\p{L}\p{M}\p{Nd}]$/u.test(key) || /^[\p{Script=Latin}0-9]$/u.test(key)) return key
  return /^(?:Digit|Numpad|Key)(.)$/.exec(code)?.[1]?.toLowerCase() ?? otherCodes[code] ?? key
}

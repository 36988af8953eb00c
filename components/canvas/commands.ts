/** What has a key that painters can change. A new command is one entry here, and its action in `handle-keys.ts` if that is new. */
import type { PageWords } from '../../lib/words/page-words.ts'
import type { KeyAction } from './keyboard.ts'
import { panels } from './panels/panels.ts'

export interface Command {
  /** Stored with the painter's keys. */
  readonly id: string
  /**
   * Characters of a key, as small letters. `Shift+n` differs from `n` only when both have a command. The first one is shown. Enter,
   * Space, Esc, Tab, arrows and digits have a fixed meaning.
   */
  readonly keys: readonly string[]
  readonly action: KeyAction
  readonly label: (words: PageWords) => string
}

export const commands: readonly Command[] = [
  { id: 'eyedropper', keys: ['e'], action: { do: 'eyedropper' }, label: ({ t }) => t('dock.eyedropper') },
  { id: 'undo', keys: ['u'], action: { do: 'undo' }, label: ({ t }) => t('undo.name') },
  { id: 'inspect', keys: ['i'], action: { do: 'inspect' }, label: ({ t }) => t('inspector.inspect') },
  { id: 'brush', keys: ['b'], action: { do: 'brush' }, label: ({ t }) => t('strokes.brush') },
  { id: 'grid', keys: ['g'], action: { do: 'grid' }, label: ({ t }) => t('tools.grid') },
  { id: 'minimap', keys: ['m'], action: { do: 'minimap' }, label: ({ t }) => t('minimap.title') },
  { id: 'previous-color', keys: ['['], action: { do: 'step', by: -1 }, label: ({ t }) => t('keys.previousColor') },
  { id: 'next-color', keys: [']'], action: { do: 'step', by: 1 }, label: ({ t }) => t('keys.nextColor') },
  { id: 'zoom-in', keys: ['+', '='], action: { do: 'zoom', by: 1 }, label: ({ t }) => t('view.zoomIn') },
  { id: 'zoom-out', keys: ['-', '_'], action: { do: 'zoom', by: -1 }, label: ({ t }) => t('view.zoomOut') },
  { id: 'template', keys: ['t'], action: { do: 'template' }, label: ({ t }) => t('templateView.toggle') },
  { id: 'next-cell', keys: ['n'], action: { do: 'next', by: 1 }, label: ({ t }) => t('templateView.next') },
  { id: 'previous-cell', keys: ['shift+n'], action: { do: 'next', by: -1 }, label: ({ t }) => t('templateView.previous') },
  ...panels.flatMap(({ id, group, keys, label }): Command[] =>
    group === null ? [] : [{ id: `panel.${id}`, keys, action: { do: 'panel', id }, label }],
  ),
]

/** The keys that a painter has chosen, by the id of the command. An empty list: the command has no key. */
export type ChosenKeys = Readonly<Record<string, readonly string[]>>

/** What each key does. The painter's keys come first, so a command that is added later does not take one of them. */
export const keyBindings = (chosen: ChosenKeys): ReadonlyMap<string, KeyAction> => {
  const bindings = new Map<string, KeyAction>()
  const bind = (keys: readonly string[] | undefined, action: KeyAction) => {
    for (const key of keys ?? []) if (!bindings.has(key)) bindings.set(key, action)
  }
  for (const { id, action } of commands) bind(chosen[id], action)
  for (const { id, keys, action } of commands) if (!Object.hasOwn(chosen, id)) bind(keys, action)
  return bindings
}

/** The keys that a command really has: none that another command has taken. */
export const keysOf = (chosen: ChosenKeys, id: string): string[] => {
  const command = commands.find((each) => each.id === id)
  const bindings = keyBindings(chosen)
  return (chosen[id] ?? command?.keys ?? []).filter((key) => bindings.get(key) === command?.action)
}

/** The command that a key has, if any. */
export const commandOf = (chosen: ChosenKeys, key: string): Command | undefined => {
  const action = keyBindings(chosen).get(key)
  return action && commands.find((command) => command.action === action)
}

/** Gives a command one key, and takes that key from all others. */
export const withKey = (chosen: ChosenKeys, id: string, key: string): ChosenKeys => {
  const changed: Record<string, readonly string[]> = { ...chosen, [id]: [key] }
  for (const other of commands) {
    const keys = changed[other.id] ?? other.keys
    if (other.id !== id && keys.includes(key)) changed[other.id] = keys.filter((each) => each !== key)
  }
  return withoutDefaults(changed)
}

/** Gives a command its default keys again, except those that the painter has given to another one. */
export const withDefault = (chosen: ChosenKeys, id: string): ChosenKeys => {
  const { [id]: _, ...others } = chosen
  return others
}

const withoutDefaults = (chosen: ChosenKeys): ChosenKeys =>
  Object.fromEntries(Object.entries(chosen).filter(([id, keys]) => keys.join() !== commands.find((each) => each.id === id)?.keys.join()))

export const isLetterKey = (key: string): boolean => /\p{L}$/u.test(key)

/** As it is printed on a key. */
export const keyText = (key: string): string =>
  key === '-' ? '−' : key.replace('shift+', 'Shift+').replace(/.$/u, (char) => char.toUpperCase())

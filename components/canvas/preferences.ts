/** The painter's choices in the browser's storage, each with its own key. Full or forbidden storage is not an error. */
import { z } from 'zod'

const maxKeysOfCommand = 4

export const preferencePrefix = 'fresco.'

const shapes = {
  theme: z.enum(['system', 'light', 'dark']),
  /** `less`: also when the system does not ask for it. */
  motion: z.enum(['system', 'less']),
  /** Which charges sounds and notifications are about: all of them, or the first one after none. */
  ready: z.enum(['next', 'full']),
  /** The tab's title has the charges. */
  title: z.boolean(),
  sound: z.boolean(),
  notify: z.boolean(),
  color: z.int().min(0).max(255),
  grid: z.boolean(),
  letters: z.boolean(),
  /** The painter's keys by the command. */
  keys: z.record(z.string().max(40), z.array(z.string().min(1).max(8)).max(maxKeysOfCommand)),
  folded: z.boolean(),
  minimap: z.boolean(),
  assist: z.boolean(),
  painted: z.boolean(),
  /** By the id of the canvas. */
  boards: z.record(
    z.string(),
    z.object({ announced: z.string(), dismissed: z.string(), rules: z.int(), hasTemplates: z.boolean() }).partial(),
  ),
}

export type Preferences = { [Name in keyof typeof shapes]: z.output<(typeof shapes)[Name]> }

export const loadPreference = <Name extends keyof Preferences>(name: Name): Preferences[Name] | null => {
  try {
    const stored = localStorage.getItem(preferencePrefix + name)
    const parsed = shapes[name].safeParse(stored === null ? undefined : JSON.parse(stored))
    return parsed.success ? (parsed.data as Preferences[Name]) : null
  } catch {
    return null
  }
}

export const savePreference = <Name extends keyof Preferences>(name: Name, value: Preferences[Name]) => {
  try {
    localStorage.setItem(preferencePrefix + name, JSON.stringify(value))
  } catch {
    // The choice is kept until the page is closed.
  }
}

/** The painter's choices in the browser's storage, each with its own key. Full or forbidden storage is not an error. */

const maxKeysOfCommand = 4

export const preferencePrefix = 'fresco.'

/** Reads a stored value; null if it has another shape. Written by hand, because a library for it would be a tenth of the first load. */
type Reader<Value> = (value: unknown) => Value | null

const oneOf =
  <Value extends string>(...values: readonly Value[]): Reader<Value> =>
  (value) =>
    values.find((each) => each === value) ?? null

const bool: Reader<boolean> = (value) => (typeof value === 'boolean' ? value : null)

const int =
  (max = Number.MAX_SAFE_INTEGER, min = 0): Reader<number> =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max ? (value as number) : null

const text =
  (maxLength = Number.POSITIVE_INFINITY): Reader<string> =>
  (value) =>
    typeof value === 'string' && value.length <= maxLength ? value : null

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

const record =
  <Value>(read: Reader<Value>): Reader<Record<string, Value>> =>
  (value) => {
    if (!isObject(value)) return null
    const entries = Object.entries(value).map(([key, entry]) => [key, read(entry)] as const)
    return entries.some(([, entry]) => entry === null) ? null : (Object.fromEntries(entries) as Record<string, Value>)
  }

/** Every field may be absent. */
const partial =
  <Fields extends Record<string, Reader<unknown>>>(fields: Fields): Reader<PartialOf<Fields>> =>
  (value) => {
    if (!isObject(value)) return null
    const known = Object.entries(fields).filter(([name]) => value[name] !== undefined)
    const entries = known.map(([name, read]) => [name, read(value[name])] as const)
    return entries.some(([, entry]) => entry === null) ? null : (Object.fromEntries(entries) as PartialOf<Fields>)
  }

type ReadBy<Read> = Read extends Reader<infer Value> ? Value : never
type PartialOf<Fields> = { [Name in keyof Fields]?: ReadBy<Fields[Name]> | undefined }

const keysOfCommand: Reader<string[]> = (value) =>
  Array.isArray(value) && value.length <= maxKeysOfCommand && value.every((key) => key !== '' && text(8)(key) !== null) ? value : null

const readers = {
  theme: oneOf('system', 'light', 'dark'),
  /** `less`: also when the system does not ask for it. */
  motion: oneOf('system', 'less'),
  /** Which charges sounds and notifications are about: all of them, or the first one after none. */
  ready: oneOf('next', 'full'),
  /** The tab's title has the charges. */
  title: bool,
  sound: bool,
  notify: bool,
  color: int(255),
  grid: bool,
  letters: bool,
  /** The painter's keys by the command. */
  keys: record(keysOfCommand),
  folded: bool,
  minimap: bool,
  assist: bool,
  painted: bool,
  /** By the id of the canvas. */
  boards: record(
    partial({ announced: text(), dismissed: text(), rules: int(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER), hasTemplates: bool }),
  ),
}

export type Preferences = { [Name in keyof typeof readers]: ReadBy<(typeof readers)[Name]> }

export const loadPreference = <Name extends keyof Preferences>(name: Name): Preferences[Name] | null => {
  try {
    const read: Reader<unknown> = readers[name]
    return read(JSON.parse(localStorage.getItem(preferencePrefix + name) ?? 'null')) as Preferences[Name] | null
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

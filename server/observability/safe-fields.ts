/** Bounds the fields of a log line, whatever they contain. */
import { isExpected, loggedError } from './log-error.ts'

/** Longer texts are cut. */
const maxTextLength = 1_000
/** Of all lists and objects of a line together. Further ones are left out. */
const maxEntries = 200
const maxDepth = 4

const cut = (text: string) => (text.length > maxTextLength ? `${text.slice(0, maxTextLength)}…` : text)

interface Bounds {
  readonly isUnexpected: boolean
  entriesLeft: number
}

const boundedObject = (value: object, depth: number, bounds: Bounds): unknown => {
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`
  if (depth > maxDepth) return '…'
  const isList = Array.isArray(value)
  const entries: [string, unknown][] = []
  for (const key in value) {
    if (!Object.hasOwn(value, key)) continue
    if (bounds.entriesLeft-- <= 0) {
      entries.push(['…', '…'])
      break
    }
    entries.push([cut(key), bounded((value as Record<string, unknown>)[key], depth + 1, bounds)])
  }
  return isList ? entries.map(([, entry]) => entry) : Object.fromEntries(entries)
}

const bounded = (value: unknown, depth: number, bounds: Bounds): unknown => {
  if (typeof value === 'string') return cut(value)
  if (value instanceof Error) return loggedError(value, { withStack: bounds.isUnexpected || !isExpected(value) })
  if (value instanceof Date) return value.toJSON()
  if (value instanceof URL) return cut(value.href)
  return typeof value === 'object' && value !== null ? boundedObject(value, depth, bounds) : value
}

/** `isUnexpected`: an error has its stack also when it is an expected one. */
export const safeFields = (fields: Record<string, unknown>, options: { isUnexpected: boolean }): Record<string, unknown> => {
  const bounds = { ...options, entriesLeft: maxEntries }
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, bounded(value, 1, bounds)]))
}

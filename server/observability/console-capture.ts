/** Sends `console` output of libraries to the log. Next's output may contain text from requests. */
import type { Logger } from './log.ts'

type Write = (...parts: unknown[]) => void

const levels = { debug: 'debug', log: 'info', info: 'info', warn: 'warn', error: 'error' } as const

/** Returns the function that restores `console`. */
export const captureConsole = (logger: Logger, target: Record<keyof typeof levels, Write> = console): (() => void) => {
  const before = { ...target }
  for (const [name, level] of Object.entries(levels) as [keyof typeof levels, (typeof levels)[keyof typeof levels]][]) {
    target[name] = (...parts) => logger[level]({ event: 'console', text: parts.map(textOf).join(' ') })
  }
  return () => void Object.assign(target, before)
}

const textOf = (part: unknown): string => {
  if (typeof part === 'string') return part
  if (part instanceof Error) return part.stack ?? part.message
  try {
    return JSON.stringify(part) ?? String(part)
  } catch {
    return String(part)
  }
}

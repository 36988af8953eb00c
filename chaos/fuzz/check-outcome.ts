/** The failures that an answer shows, for any attack. */
import type { Attack } from './attack.ts'
import type { Outcome } from './play.ts'
import { fragmentedMessages, readableFrames } from './websocket-frames.ts'

export interface Fault {
  readonly rule: string
  readonly detail: string
}

const stackPattern = /\n {4}at .+:\d+:\d+|node:internal\//
const internalPattern = /ECONNREFUSED|SQLITE_|MongoServerError|\/node_modules\//
const problemPattern = /"code":"(overloaded|unavailable)"/

const countOf = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].length

/** The sockets of an Engine.IO session, by namespace. */
const socketsOf = (text: string): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const [, namespace = '/'] of text.matchAll(/40(?:(\/[^,"{]*),)?\{"sid":/g)) counts.set(namespace, (counts.get(namespace) ?? 0) + 1)
  return counts
}

const bytesOf = ({ steps }: Attack) => steps.map((step) => (step.do === 'send' ? step.bytes : '')).join('')

/** DISCONNECTs that the attack may have sent: a message of several frames may have been one. */
const leavesOf = (bytes: string) => countOf(readableFrames(bytes), /41/g) + fragmentedMessages(bytes)

export const checkOutcome = (attack: Attack, { statuses, text, unboundedFloods }: Outcome): Fault[] => {
  const faults: Fault[] = []
  for (const status of new Set(statuses)) {
    if (status >= 500 && status !== 503) faults.push({ rule: `answer ${status}`, detail: firstLines(text, status) })
  }
  if (statuses.includes(503) && !problemPattern.test(text))
    faults.push({ rule: 'answer 503 without a problem', detail: firstLines(text, 503) })
  const leaked = stackPattern.exec(text) ?? internalPattern.exec(text)
  if (leaked) faults.push({ rule: 'the answer shows internals', detail: text.slice(Math.max(0, leaked.index - 80), leaked.index + 120) })
  // A session has one socket for each namespace, and another one only after it has left the namespace.
  const sessions = countOf(text, /0\{"sid":"[^"]+","upgrades"/g)
  const allowed = sessions + leavesOf(bytesOf(attack))
  for (const [namespace, count] of socketsOf(text)) {
    if (count > allowed)
      faults.push({ rule: 'more than one socket of a namespace', detail: `${count} sockets of ${namespace} for ${sessions} sessions` })
  }
  for (const detail of unboundedFloods) faults.push({ rule: 'a flood is not cut off', detail })
  return faults
}

const firstLines = (text: string, status: number) => text.slice(Math.max(0, text.indexOf(` ${status} `) - 8)).slice(0, 300)

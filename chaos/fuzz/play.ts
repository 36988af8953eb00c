/** Carries out an attack over TCP and returns its outcome. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Attack, Step } from './attack.ts'
import { Connection } from './connection.ts'

export interface Outcome {
  readonly statuses: readonly number[]
  /** All answers, by connection, as far as they are kept. */
  readonly text: string
  /** Floods of which the server accepted too much, as sentences. */
  readonly unboundedFloods: readonly string[]
  /** The server closed one of the connections. */
  readonly closed: boolean
  readonly answered: boolean
}

/** The text of an Engine.IO handshake. */
const handshakePattern = /0\{"sid":"([^"]+)","upgrades"/g
const statusPattern = /HTTP\/1\.1 (\d{3}) /g

export const play = async (attack: Attack, signal: AbortSignal): Promise<Outcome> => {
  const port = Number(new URL(`http://${attack.host}`).port)
  const connections = new Map<number, Connection>()
  const unboundedFloods: string[] = []
  const on = (number: number) => {
    const known = connections.get(number)
    if (known) return known
    const connection = new Connection({ port, address: attack.address })
    connections.set(number, connection)
    return connection
  }
  const sessions = () =>
    [...connections.values()].flatMap(({ received }) => [...received.matchAll(handshakePattern)].map(([, sid]) => sid ?? ''))
  const fill = (bytes: string) => {
    if (!bytes.includes('SID}')) return bytes
    const found = sessions()
    return bytes.replaceAll('{SID}', found.at(-1) ?? 'none').replaceAll('{FIRST_SID}', found[0] ?? 'none')
  }
  const act = async (step: Step) => {
    switch (step.do) {
      case 'send':
        return on(step.on).send(fill(step.bytes), step.pieces)
      case 'read':
        return on(step.on).read(step.withinMs)
      case 'flood': {
        const connection = on(step.on)
        const taken = await connection.flood(step, signal)
        if (step.allowedBytes !== null && !connection.closed && taken > step.allowedBytes) {
          unboundedFloods.push(`took ${taken} bytes of a client that reads nothing and left the connection open`)
        }
        return
      }
      case 'wait':
        return wait(step.ms, undefined, { signal }).catch(() => undefined)
      case 'end':
        return on(step.on).end()
      case 'reset':
        return on(step.on).reset()
    }
  }
  for (const step of attack.steps) {
    if (signal.aborted) break
    await act(step)
  }
  const all = [...connections.values()]
  const closed = all.some((connection) => connection.closed)
  for (const connection of all) connection.destroy()
  const text = all.map(({ received }) => received).join('')
  return {
    statuses: [...text.matchAll(statusPattern)].map(([, status]) => Number(status)),
    text,
    unboundedFloods,
    closed,
    answered: text.length > 0,
  }
}

/**
 * The state of the connection that the status card shows, computed from the link, the tiles and the previous state. *Live*: the server has just answered, and
 * every tile in the window is at its newest known seq. *Partly live*: this is true for as many tiles as can be followed.
 */
import type { LinkState } from './connection.ts'
import type { ConnectionInfo } from './types.ts'

export interface ConnectionInput {
  readonly before: ConnectionInfo
  readonly link: LinkState
  readonly lastMessageMs: number
  /** Every tile in view is joined and at its newest known seq. */
  readonly current: boolean
  /** Since when the tiles are not current; null while they are. */
  readonly notCurrentSinceMs: number | null
  /** How many of the window's tiles are always live; null if all of them are. */
  readonly partlyLive: ConnectionInfo['partlyLive']
  readonly loadedPercent: ConnectionInfo['loadedPercent']
  readonly nowMs: number
}

export const catchingUpAfterMs = 1_000

export const nextConnection = (input: ConnectionInput): ConnectionInfo => {
  const { state, sinceMs } = stateOf(input)
  const { before } = input
  const isPartly = state === 'partly_live'
  const isLoading = state === 'connecting' || state === 'catching_up'
  const next: ConnectionInfo = {
    state,
    sinceMs,
    behindPixels: before.state === state ? before.behindPixels : 0,
    partlyLive: isPartly ? input.partlyLive : null,
    loadedPercent: isLoading ? input.loadedPercent : null,
  }
  return isSame(next, before) ? before : next
}

const stateOf = ({ before, link, nowMs, ...input }: ConnectionInput): Pick<ConnectionInfo, 'state' | 'sinceMs'> => {
  const become = (state: ConnectionInfo['state'], sinceMs = nowMs) => (before.state === state ? before : { state, sinceMs })
  switch (link) {
    case 'connecting':
      return become('connecting')
    case 'down':
    case 'silent':
      return become('offline', before.state === 'connecting' ? nowMs : input.lastMessageMs)
    case 'up':
      if (input.current) return become(input.partlyLive ? 'partly_live' : 'live')
      if (before.state === 'connecting') return before
      if (isLive(before) && nowMs - (input.notCurrentSinceMs ?? nowMs) < catchingUpAfterMs) return before
      return become('catching_up')
  }
}

export const isLive = ({ state }: Pick<ConnectionInfo, 'state'>) => state === 'live' || state === 'partly_live'

const isSame = (a: ConnectionInfo, b: ConnectionInfo) =>
  a.state === b.state &&
  a.sinceMs === b.sinceMs &&
  a.behindPixels === b.behindPixels &&
  a.loadedPercent === b.loadedPercent &&
  a.partlyLive?.parts === b.partlyLive?.parts &&
  a.partlyLive?.of === b.partlyLive?.of

/**
 * The word beside the dot: *Live*, *Catching up*, *Offline*. Pure: from the link, the tiles and the word before to the word now.
 *
 * Live means that the server was heard just now and every tile in view is at the newest seq known. Tiles that come into view
 * load for a moment; that is no reason to take the word back, so a live session is given a second before it is catching up.
 */
import type { LinkState } from './connection.ts'
import type { ConnectionInfo } from './types.ts'

export interface WordInput {
  readonly before: ConnectionInfo
  readonly link: LinkState
  readonly lastHeardMs: number
  /** Every tile in view is joined and at the newest seq known. */
  readonly current: boolean
  /** Since when it is not; null while it is. */
  readonly notCurrentSinceMs: number | null
  readonly nowMs: number
}

export const catchingUpAfterMs = 1_000

export const connectionWord = (input: WordInput): ConnectionInfo => {
  const { before, nowMs } = input
  const become = (state: ConnectionInfo['state'], sinceMs = nowMs): ConnectionInfo =>
    before.state === state ? before : { state, sinceMs, behindPixels: 0 }
  switch (input.link) {
    case 'connecting':
      return become('connecting')
    case 'down':
    case 'mute':
      return become('offline', before.state === 'connecting' ? nowMs : input.lastHeardMs)
    case 'up':
      if (input.current) return become('live')
      if (before.state === 'connecting') return before
      if (before.state === 'live' && nowMs - (input.notCurrentSinceMs ?? nowMs) < catchingUpAfterMs) return before
      return become('catching_up')
  }
}

/** The messages of the socket that are valid and belong to a canvas. */
import { type HeadsMessage, type PixelsMessage, readHeads, readPixels, readTemplateAnnouncement } from './messages.ts'
import { readCanvas } from './read-canvas.ts'
import type { CanvasInfo, ClientSocket, SessionState } from './types.ts'

export interface SocketEvents {
  /** Any message; false drops it. */
  readonly onMessage: () => boolean
  readonly onPixels: (message: PixelsMessage) => void
  readonly onHeads: (message: HeadsMessage) => void
  readonly onResync: (tile: number) => void
  readonly onMe: (me: unknown) => void
  readonly onPresence: (online: number) => void
  readonly onTemplate: (template: SessionState['changedTemplate'], seq: number | null) => void
  /** `seq`: in the control log. */
  readonly onCanvas: (canvas: CanvasInfo, seq: number | null) => void
}

export const listenToSocket = (socket: Pick<ClientSocket, 'on'>, canvasId: string, events: SocketEvents) => {
  const on = (event: string, act: (...args: unknown[]) => void) =>
    socket.on(event, (...args) => {
      if (events.onMessage()) act(...args)
    })
  on('pixels', (...args) => {
    const message = readPixels(args)
    if (message?.canvas === canvasId) events.onPixels(message)
  })
  on('heads', (...args) => {
    const message = readHeads(args)
    if (message?.canvas === canvasId) events.onHeads(message)
  })
  on('resync', (canvas, tile) => {
    if (canvas === canvasId && typeof tile === 'number') events.onResync(tile)
  })
  on('me', (me) => {
    if ((me as { canvas?: unknown } | null)?.canvas === canvasId) events.onMe(me)
  })
  on('presence', (canvas, online) => {
    if (canvas === canvasId && typeof online === 'number') events.onPresence(online)
  })
  on('template', (canvas, value, seq) => {
    if (canvas === canvasId) events.onTemplate(readTemplateAnnouncement(value), seqOf(seq))
  })
  on('canvas', (value, seq) => {
    const canvas = readCanvas(value)
    if (canvas?.id === canvasId) events.onCanvas(canvas, seqOf(seq))
  })
}

const seqOf = (value: unknown) => (typeof value === 'number' ? value : null)

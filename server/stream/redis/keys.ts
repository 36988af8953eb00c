/** The names of everything that Fresco keeps in Redis, built in one place. */
import type { CanvasId } from '../../../lib/brand.ts'

export const streamKey = 'pixels:events'
/** Hash: `epoch`, and for each tile number the seq of its last entry. */
export const tailsKey = (canvas: CanvasId) => `fresco:tails:${canvas}`
/** Hash: what kind each consumer group is. */
export const groupKindsKey = 'fresco:groups'
/** There while a member of the group is alive. */
export const heartbeatKey = (group: string) => `fresco:alive:${group}`
export const signalChannel = 'fresco:signals'
/** Written once at start, to find out whether Redis takes writes. */
export const probeKey = 'fresco:probe'

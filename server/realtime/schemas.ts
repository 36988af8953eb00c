/** The messages that sockets may send. Unknown keys are ignored. */
import { z } from 'zod'
import { asCanvasId, asEpoch, asSeq, asTile } from '../../lib/brand.ts'
import { canvasIdPattern } from '../../lib/canvas.ts'

export const maxJoinedTiles = 64

const canvas = z.string().regex(canvasIdPattern, 'must be 1 to 32 of a-z 0-9 -').transform(asCanvasId)
const tile = z.int().min(0).transform(asTile)
const seq = z.int().min(0).transform(asSeq).nullable()

export const joinSchema = z.object({
  canvas,
  epoch: z.string().max(64).transform(asEpoch).nullish(),
  tiles: z
    .array(z.object({ tile, seq: seq.default(null) }))
    .min(1)
    .max(maxJoinedTiles),
  control: seq.optional(),
  rev: z.int().min(0).nullish(),
  format: z.enum(['packed', 'json']).default('packed'),
})

export const leaveSchema = z.object({ canvas, tiles: z.array(tile).max(maxJoinedTiles) })

export const seenSchema = z.object({ canvas, tile, seq: z.int().min(1).transform(asSeq), ms: z.number().min(0).max(600_000) })

/** What sockets may send. Everything from outside is parsed once, here; unknown keys are ignored. */
import { z } from 'zod'
import { asCanvasId, asEpoch, asSeq, asTile } from '../../lib/brand.ts'
import { canvasIdPattern } from '../../lib/canvas.ts'
import type { Refusal } from '../../lib/refusal.ts'

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
  format: z.enum(['packed', 'json']).default('packed'),
})

export const leaveSchema = z.object({ canvas, tiles: z.array(tile).max(maxJoinedTiles) })

export const seenSchema = z.object({ canvas, tile, seq: z.int().min(1).transform(asSeq), ms: z.number().min(0).max(600_000) })

export type Parsed<Value> = { ok: true; value: Value } | { ok: false; refusal: Refusal }

export const parse = <Schema extends z.ZodType>(schema: Schema, input: unknown): Parsed<z.output<Schema>> => {
  const parsed = schema.safeParse(input)
  if (parsed.success) return { ok: true, value: parsed.data }
  return {
    ok: false,
    refusal: {
      code: 'invalid_request',
      detail: 'The message does not have the expected form.',
      errors: parsed.error.issues.slice(0, 10).map((issue) => ({ path: issue.path.join('.'), message: issue.message })),
    },
  }
}

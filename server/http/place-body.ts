/** The bodies of placements, parsed once at the edge, for HTTP and for sockets. */
import { z } from 'zod'
import { asCanvasId } from '../../lib/brand.ts'
import { canvasIdPattern } from '../../lib/canvas.ts'
import { hexPattern } from '../../lib/palette.ts'
import type { FieldError, Refusal } from '../../lib/refusal.ts'

export const maxBatchPixels = 256

const canvas = z.string().regex(canvasIdPattern, 'must be 1 to 32 of a-z 0-9 -').transform(asCanvasId).default(asCanvasId('main'))
// Whole numbers of any size are well formed; whether they are on the board is decided later, with a code of its own.
const coordinate = z.number().refine(Number.isInteger, 'must be a whole number')
const color = z.union(
  [z.string().regex(hexPattern), z.number().refine(Number.isInteger)],
  'must be #RRGGBB or the index of a colour of the palette',
)
const pixel = z.object({ gx: coordinate, gy: coordinate, color })

export const placeSchema = pixel.extend({ canvas })
export const batchSchema = z.object({ canvas, pixels: z.array(pixel).min(1).max(maxBatchPixels) })

/** 1 to 64 visible ASCII characters. */
export const keyPattern = /^[\x21-\x7e]{1,64}$/

export const invalidRequest = (errors: readonly FieldError[]): Refusal => ({
  code: 'invalid_request',
  detail: errors.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; '),
  errors,
})

export const parseBody = <Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): { ok: true; value: z.output<Schema> } | { ok: false; refusal: Refusal } => {
  const parsed = schema.safeParse(input)
  if (parsed.success) return { ok: true, value: parsed.data }
  const errors = parsed.error.issues.slice(0, 10).map((issue) => ({ path: issue.path.join('.'), message: issue.message }))
  return { ok: false, refusal: invalidRequest(errors) }
}

/** The types of a request to place pixels. The canvas checks the range of whole numbers later, and refuses with `out_of_bounds`. */
import { z } from 'zod'
import { maxBatchPixels } from '../../lib/batch.ts'
import { hexPattern } from '../../lib/palette.ts'

/** Any whole number that JSON can carry, however large. `-0` becomes 0. */
const whole = z
  .number('must be a whole number')
  .refine(Number.isInteger, 'must be a whole number')
  .transform((value) => value + 0)

const color = z.union([z.string().regex(hexPattern), whole], 'must be #RRGGBB or an index into the palette')

export const pixelSchema = z.object({ gx: whole, gy: whole, color }, 'must be an object with gx, gy and color')

const canvas = z.string('must be the id of a canvas').default('main')

const epoch = z.string('must be the epoch of the canvas').optional()

export const placeSchema = z.object({ canvas, epoch, gx: whole, gy: whole, color }, 'must be a JSON object')

export const batchSchema = z.object(
  {
    canvas,
    epoch,
    /** Each pixel is parsed separately, so a malformed one does not refuse the others. */
    pixels: z
      .array(z.unknown(), 'must be a list of pixels')
      .min(1, 'must not be empty')
      .max(maxBatchPixels, `must be at most ${maxBatchPixels} pixels`),
  },
  'must be a JSON object',
)

export const idempotencyKeySchema = z.string('must be a string').regex(/^[\x21-\x7e]{1,64}$/, 'must be 1 to 64 visible ASCII characters')

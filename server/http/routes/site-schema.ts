/** What an admin may send to change the settings of the site. */
import { z } from 'zod'
import { asCanvasId } from '../../../lib/brand.ts'
import { canvasIdPattern, isLine } from '../../../lib/canvas.ts'
import { siteLimits } from '../../../lib/site.ts'
import { colorSchema } from './field-schemas.ts'
import { markdownText, plainText } from './host-text-schema.ts'

const { maxName, maxDescription, maxContact, maxPrivacy } = siteLimits

const nameRule = `must be 1 to ${maxName} characters, not blank and without control characters`
const canvasRule = 'must be the id of a canvas, or null'

export const siteChangeSchema = z.strictObject(
  {
    name: z
      .string(nameRule)
      .trim()
      .refine((text) => isLine(text, maxName), nameRule)
      .optional(),
    description: plainText(maxDescription).optional(),
    contact: markdownText(maxContact).optional(),
    privacy: markdownText(maxPrivacy).optional(),
    accent: colorSchema.nullable().optional(),
    defaultCanvas: z.string(canvasRule).regex(canvasIdPattern, canvasRule).transform(asCanvasId).nullable().optional(),
  },
  'must be a JSON object with name, description, contact, privacy, accent or defaultCanvas only',
)

/** The form of the settings that an admin may send. `planCanvasChange` checks them against the canvas. */
import { z } from 'zod'
import { canvasLimits, canvasStates, isCanvasTitle, templateUploads, templateUploadsOf, visibilities } from '../../../lib/canvas.ts'
import { colorNameSchema, colorSchema, sideSchema, wholeNumber } from './field-schemas.ts'
import { markdownText } from './host-text-schema.ts'
import { scheduleSchema } from './schedule-schema.ts'

const limits = canvasLimits

const titleRule = `must be 1 to ${limits.maxTitle} characters, not blank and without control characters`
const yesOrNo = z.boolean('must be true or false')
const colors = { message: `must be ${limits.minColors} to ${limits.maxColors} colours` }

const areaRule = 'must be an object with gx, gy, width and height only'
const area = z.strictObject(
  { gx: wholeNumber(0, limits.maxSide - 1), gy: wholeNumber(0, limits.maxSide - 1), width: sideSchema, height: sideSchema },
  areaRule,
)

/** All of them are optional. */
const fields = {
  title: z.string(titleRule).trim().refine(isCanvasTitle, titleRule),
  rules: markdownText(limits.maxRules),
  visibility: z.enum(visibilities, `must be ${visibilities.join(' or ')}`),
  state: z.enum(canvasStates, `must be ${canvasStates.join(', ')}`),
  cooldownMs: wholeNumber(0, limits.maxCooldownMs),
  maxCharges: wholeNumber(1, limits.maxCharges),
  startCharges: wholeNumber(0, limits.maxCharges),
  width: sideSchema,
  height: sideSchema,
  palette: z.array(colorSchema, colors).min(limits.minColors, colors).max(limits.maxColors, colors),
  colorNames: z.array(colorNameSchema, 'must be a list of names').max(limits.maxColors, colors),
  undoMs: wholeNumber(0, limits.maxUndoMs),
  assist: yesOrNo,
  /** Older clients send a switch. */
  templates: z.union([z.enum(templateUploads), z.boolean()], `must be ${templateUploads.join(', ')}`).transform(templateUploadsOf),
  protectedAreas: z
    .array(area, 'must be a list of areas')
    .max(limits.maxProtectedAreas, `must be at most ${limits.maxProtectedAreas} areas`),
  onlyColor: wholeNumber(0, limits.maxColors - 1).nullable(),
  schedule: scheduleSchema,
  archived: yesOrNo,
}

export const settingNames = Object.keys(fields)
export const settingsShape = z.object(fields).partial().shape

export const settingsSchema = z.strictObject(settingsShape, `must be a JSON object with some of ${settingNames.join(', ')} only`)

/** The form of the settings that an admin may send. `planCanvasChange` checks them against the canvas. */
import { z } from 'zod'
import { canvasLimits, canvasStates, isCanvasTitle, isColorName, visibilities } from '../../../lib/canvas.ts'
import { hexPattern } from '../../../lib/palette.ts'
import { markdownText } from './host-text-schema.ts'

const limits = canvasLimits

export const wholeNumber = (min: number, max: number) => {
  const message = `must be a whole number from ${min} to ${max}`
  return z.int(message).min(min, message).max(max, message)
}

const titleRule = `must be 1 to ${limits.maxTitle} characters, not blank and without control characters`
const nameRule = `must be 1 to ${limits.maxColorName} characters, not blank and without control characters`
const yesOrNo = z.boolean('must be true or false')
const colors = { message: `must be ${limits.minColors} to ${limits.maxColors} colours` }

export const colorSchema = z
  .string('must be a colour such as #FF8800')
  .regex(hexPattern, 'must be a colour such as #FF8800')
  .transform((color) => color.toUpperCase())

export const colorNameSchema = z.string(nameRule).trim().refine(isColorName, nameRule)

const areaRule = 'must be an object with gx, gy, width and height only'
const side = wholeNumber(limits.minSide, limits.maxSide)
const area = z.strictObject(
  { gx: wholeNumber(0, limits.maxSide - 1), gy: wholeNumber(0, limits.maxSide - 1), width: side, height: side },
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
  width: side,
  height: side,
  palette: z.array(colorSchema, colors).min(limits.minColors, colors).max(limits.maxColors, colors),
  colorNames: z.array(colorNameSchema, 'must be a list of names').max(limits.maxColors, colors),
  undoMs: wholeNumber(0, limits.maxUndoMs),
  assist: yesOrNo,
  templates: yesOrNo,
  protectedAreas: z
    .array(area, 'must be a list of areas')
    .max(limits.maxProtectedAreas, `must be at most ${limits.maxProtectedAreas} areas`),
  onlyColor: wholeNumber(0, limits.maxColors - 1).nullable(),
  archived: yesOrNo,
}

export const settingNames = Object.keys(fields)
export const settingsShape = z.object(fields).partial().shape

export const settingsSchema = z.strictObject(settingsShape, `must be a JSON object with some of ${settingNames.join(', ')} only`)

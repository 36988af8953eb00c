/** The form of fields that settings, steps of a schedule and announcements have in common. */
import { z } from 'zod'
import { announcementLevels } from '../../../lib/announcement.ts'
import { canvasLimits, isColorName, isLine } from '../../../lib/canvas.ts'
import { hexPattern } from '../../../lib/palette.ts'

const limits = canvasLimits

export const wholeNumber = (min: number, max: number) => {
  const message = `must be a whole number from ${min} to ${max}`
  return z.int(message).min(min, message).max(max, message)
}

export const sideSchema = wholeNumber(limits.minSide, limits.maxSide)
export const colorSchema = z
  .string('must be a colour such as #FF8800')
  .regex(hexPattern, 'must be a colour such as #FF8800')
  .transform((color) => color.toUpperCase())

const nameRule = `must be 1 to ${limits.maxColorName} characters, not blank and without control characters`
export const colorNameSchema = z.string(nameRule).trim().refine(isColorName, nameRule)

const textRule = `must be one line of 1 to ${limits.maxAnnouncement} characters, not blank and without control characters`
const lastsRule = `must be null or a whole number from ${limits.minLastsMs} to ${limits.maxLastsMs}`

export const announcementFields = {
  text: z
    .string(textRule)
    .trim()
    .refine((text) => isLine(text, limits.maxAnnouncement), textRule),
  level: z.enum(announcementLevels, `must be ${announcementLevels.join(' or ')}`).default('info'),
  lastsMs: z.int(lastsRule).min(limits.minLastsMs, lastsRule).max(limits.maxLastsMs, lastsRule).nullable().default(null),
}

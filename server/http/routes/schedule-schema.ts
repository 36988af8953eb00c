/** The form of a schedule that an admin may send: the steps that have not run. `planSchedule` checks them against the canvas and the time. */
import { z } from 'zod'
import { canvasIdPattern, canvasLimits } from '../../../lib/canvas.ts'
import { announcementFields, colorNameSchema, colorSchema, sideSchema, wholeNumber } from './field-schemas.ts'

const limits = canvasLimits
const timeRule = 'must be an ISO 8601 time, such as 2026-01-31T12:00:00.000Z'
const maxTimeMs = Date.parse('9999-12-31T23:59:59.999Z')
const idRule = 'must be 1 to 32 of a-z, 0-9 and -'

const common = {
  id: z.string(idRule).regex(canvasIdPattern, idRule).optional(),
  // The zone may lead out of the years that can be written with four digits.
  at: z.iso.datetime({ offset: true, error: timeRule }).refine((at) => !(Date.parse(at) > maxTimeMs), timeRule),
}

const step = <Type extends string, Fields extends z.ZodRawShape>(type: Type, fields: Fields) =>
  z.strictObject(
    { ...common, type: z.literal(type), ...fields },
    `must have only ${['id', 'at', 'type', ...Object.keys(fields)].join(', ')}`,
  )

const pace = step('pace', {
  cooldownMs: wholeNumber(0, limits.maxCooldownMs).optional(),
  maxCharges: wholeNumber(1, limits.maxCharges).optional(),
  startCharges: wholeNumber(0, limits.maxCharges).optional(),
}).refine((given) => given.cooldownMs !== undefined || given.maxCharges !== undefined || given.startCharges !== undefined, {
  message: 'must have cooldownMs, maxCharges or startCharges',
})

const colorsRule = `must be 1 to ${limits.maxColors} colours`
const colors = step('colors', {
  colors: z.array(colorSchema, colorsRule).min(1, colorsRule).max(limits.maxColors, colorsRule),
  names: z.array(colorNameSchema, 'must be a list of names').default([]),
}).refine((given) => given.names.length === 0 || given.names.length === given.colors.length, {
  path: ['names'],
  message: 'must have a name for each of the colors, or be left out',
})

const types = ['open', 'pause', 'close', 'pace', 'grow', 'colors', 'announce', 'finale']
const stepSchema = z
  .discriminatedUnion(
    'type',
    [
      step('open', {}),
      step('pause', {}),
      step('close', {}),
      pace,
      step('grow', { width: sideSchema, height: sideSchema }),
      colors,
      step('announce', announcementFields),
      step('finale', { color: wholeNumber(0, limits.maxColors - 1).nullable() }),
    ],
    { error: (issue) => (issue.code === 'invalid_union' ? `must be ${types.join(', ')}` : 'must be a step, an object with at and type') },
  )
  .transform(({ id, at, ...action }) => ({ ...(id !== undefined && { id }), atMs: Date.parse(at), action }))

const scheduleRule = `must be a list of at most ${limits.maxSteps} steps`
export const scheduleSchema = z.array(stepSchema, scheduleRule).max(limits.maxSteps, scheduleRule)

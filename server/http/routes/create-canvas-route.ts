/** Creates a board for an admin: what never changes later (its id, tile size and background), then the same fields as a change. */
import { z } from 'zod'
import { asCanvasId } from '../../../lib/brand.ts'
import { type Canvas, canvasIdPattern, canvasLimits } from '../../../lib/canvas.ts'
import { defaultTileSize } from '../../../lib/geometry.ts'
import { defaultBackground, place2022 } from '../../../lib/palette.ts'
import { planCanvasChange, type WantedChange } from '../../../lib/plan-canvas-change.ts'
import { invalid, type Refusal } from '../../../lib/refusal.ts'
import { newEpoch } from '../../new-epoch.ts'
import { type Parsed, parse } from '../../parse.ts'
import { storeTime } from '../../store/store-time.ts'
import { forAdmins, type Operator } from '../callers.ts'
import type { Answer } from '../exchange.ts'
import { problemAnswer } from '../problem.ts'
import { maxSettingsKiB, readJson } from '../read-body.ts'
import type { Call, Route } from '../router.ts'
import { adminCanvasAnswer } from './admin-canvas-answer.ts'
import { settingNames, settingsShape } from './canvas-settings-schema.ts'
import { wholeNumber } from './field-schemas.ts'
import type { RouteParts } from './route-parts.ts'

const { minTileSize, maxTileSize, maxColors, maxCanvases } = canvasLimits
const idRule = 'must be 1 to 32 characters of a-z, 0-9 and -'
const tileRule = `must be a power of two from ${minTileSize} to ${maxTileSize}`

const boardSchema = z.strictObject(
  {
    ...settingsShape,
    id: z.string(idRule).regex(canvasIdPattern, idRule),
    title: settingsShape.title.unwrap(),
    width: settingsShape.width.unwrap(),
    height: settingsShape.height.unwrap(),
    tileSize: wholeNumber(minTileSize, maxTileSize)
      .refine((size) => Number.isInteger(Math.log2(size)), tileRule)
      .optional(),
    background: wholeNumber(0, maxColors - 1).optional(),
  },
  `must be a JSON object with id, title, width, height and some of tileSize, background, ${settingNames.join(', ')} only`,
)

/** The pace of a board that says nothing of it. */
const usual = { cooldownMs: 5_000, maxCharges: 10, startCharges: 3, state: 'paused' } as const

export const createCanvasRoutes = (parts: RouteParts): Route[] => [
  {
    method: 'POST',
    path: '/api/admin/canvases',
    handle: forAdmins(parts.access.callers, async (call, admin) => {
      const { canvas, answer } = await create(parts, call, admin)
      parts.operations.logger.info({
        event: 'admin_action',
        action: 'canvas.create',
        by: admin.painter.id,
        status: answer.status,
        id: canvas?.id,
      })
      return answer
    }),
  },
]

const create = async (parts: RouteParts, { request }: Call, admin: Operator): Promise<{ canvas?: Canvas; answer: Answer }> => {
  const { store, clock, operations } = parts
  const read = await readJson(request, maxSettingsKiB)
  const parsed = read.ok ? readCanvas(read.value, await storeTime(store, clock)) : read
  if (!parsed.ok) return { answer: problemAnswer(parsed.refusal) }
  const canvas = parsed.value
  const { title, width, height, state } = canvas
  const draft = { action: 'canvas.create', target: canvas.id, details: { title, width, height, state: state ?? null } }
  return { canvas, answer: await operations.acts.run(admin, draft, () => save(parts, canvas)) }
}

const save = async (parts: RouteParts, canvas: Canvas): Promise<Answer> => {
  const created = await parts.store.createCanvas(canvas)
  parts.placing.canvases.forget(canvas.id)
  return created === 'created' ? adminCanvasAnswer(parts, 201, canvas) : problemAnswer(refusals[created](canvas))
}

const refusals: Readonly<Record<'exists' | 'limit', (canvas: Canvas) => Refusal>> = {
  exists: ({ id }) => ({ code: 'canvas_exists', detail: `There is a board with the id "${id}" already, or its deletion has not ended.` }),
  limit: () => ({ code: 'canvas_limit', detail: `There are ${maxCanvases} boards already. Delete one first.` }),
}

const readCanvas = (body: unknown, nowMs: number): Parsed<Canvas> => {
  const parsed = parse(boardSchema, body)
  if (!parsed.ok) return parsed
  const { id, title, width, height, tileSize = defaultTileSize(width, height), background: index, ...settings } = parsed.value
  const palette = settings.palette ?? place2022.map(({ hex }) => hex)
  const background = index ?? defaultBackground(palette)
  if (background >= palette.length) {
    return {
      ok: false,
      refusal: invalid([{ path: 'background', message: `must be an index into the palette: 0 to ${palette.length - 1}` }]),
    }
  }
  const epoch = newEpoch()
  const canvas = { id: asCanvasId(id), title, epoch, origin: epoch, rev: 1, width, height, tileSize, palette, background, ...usual }
  // The keys that are absent have no value, so the cast only drops `undefined`.
  const planned = planCanvasChange(canvas, { title, ...settings } as WantedChange, nowMs)
  return planned.ok ? { ok: true, value: { ...canvas, ...planned.change } } : planned
}

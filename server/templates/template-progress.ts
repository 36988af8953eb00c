/** Reads the progress of a template: the sum of its tiles' counts, and the pace by its samples. */
import type { Canvas } from '../../lib/canvas.ts'
import { coveredTiles, type LinkedTemplate } from '../../lib/linked-template.ts'
import { addSample, type ColorCounts, paceOf, sumCounts, totalOf } from '../../lib/template-progress.ts'
import type { TemplateStore } from '../store/templates-port.ts'
import { basisOf } from './template-counter.ts'

type CountReading = Pick<TemplateStore, 'readTemplateCounts' | 'readTemplateSamples'>
interface OfTemplate {
  readonly canvas: Canvas
  readonly template: LinkedTemplate
}

/** Null until all tiles are counted. */
export const readCounts = async (store: CountReading, { canvas, template }: OfTemplate): Promise<ColorCounts | null> => {
  const basis = basisOf(template, canvas)
  const rows = (await store.readTemplateCounts(template.id)).filter(({ count }) => count.basis === basis)
  const counted = new Set(rows.map(({ tile }) => tile))
  return coveredTiles(template, canvas).every((tile) => counted.has(tile)) ? sumCounts(rows.map(({ count }) => count.counts)) : null
}

/** Adds the sample of this hour. False while the template is not counted. */
export const takeSample = async (
  store: CountReading & Pick<TemplateStore, 'saveTemplateSamples'>,
  { canvas, template, nowMs }: OfTemplate & { readonly nowMs: number },
): Promise<boolean> => {
  const counts = await readCounts(store, { canvas, template })
  if (!counts) return false
  const [right] = totalOf(counts)
  const samples = addSample(await store.readTemplateSamples(template.id), { atMs: nowMs, basis: basisOf(template, canvas), right })
  if (samples) await store.saveTemplateSamples({ id: template.id, samples })
  return true
}

const figures = ([right, wrong, missing]: readonly [number, number, number]) => ({ right, wrong, missing, total: right + wrong + missing })

/** As `GET /api/templates/:id/progress` shows it. */
export const showProgress = async (store: CountReading, { canvas, template, nowMs }: OfTemplate & { readonly nowMs: number }) => {
  const counts = await readCounts(store, { canvas, template })
  const none = { right: null, wrong: null, missing: null, total: null, colors: [], pace: null, etaMs: null }
  const { id, rev } = template
  if (!counts) return { id, rev, counted: false, ...none }
  const total = figures(totalOf(counts))
  const pace = paceOf(await store.readTemplateSamples(id), {
    ...{ atMs: nowMs, basis: basisOf(template, canvas), right: total.right },
    left: total.wrong + total.missing,
  })
  const colors = Object.entries(counts).map(([color, cells]) => ({ color: Number(color), ...figures(cells) }))
  return { id, rev, counted: true, ...total, colors, pace: pace?.perHour ?? null, etaMs: pace?.etaMs ?? null }
}

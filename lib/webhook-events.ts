/** The events of webhooks that a change of a canvas causes, from the canvas before and after it. */
import type { Seq } from './brand.ts'
import { type Canvas, settingsOf } from './canvas.ts'
import { isGone } from './erasing.ts'
import type { Verdict } from './verdict.ts'
import type { WebhookEvent, WebhookType } from './webhook.ts'

/** A canvas without its history, which a restore renews. */
export type BoardBefore = Omit<Canvas, 'epoch' | 'origin'>

export const boardBefore = ({ epoch: _, origin: __, ...board }: Canvas): BoardBefore => board

export interface CanvasEntry {
  readonly before: BoardBefore
  readonly after: Canvas
  readonly seq: Seq
  readonly atMs: number
  /** The address of the installation; null when it is unknown. */
  readonly publicUrl: string | null
}

/** An old or a new value of a changed field. A large one is left out, so that events stay small. */
type Shown = { readonly value: unknown } | { readonly isTooLarge: true }

export interface FieldChange {
  readonly field: string
  readonly old: Shown
  readonly new: Shown
}

const maxValueLength = 1_024

/** An announcement is another event, and a step that ran is reported as the change that it made. */
const unreported: ReadonlySet<string> = new Set(['announcement', 'finishedSteps', 'epoch', 'rev', 'changedAtMs', 'erasing', 'origin', 'id'])

export const planCanvasEvents = ({ before, after, seq, atMs, publicUrl }: CanvasEntry): WebhookEvent[] => {
  // A deleted board has no events.
  if (isGone(after)) return []
  const { id, title, state, epoch } = after
  const canvas = { id, title, state, url: publicUrl === null ? null : `${publicUrl}/c/${id}` }
  const event = (type: WebhookType, name: string, data: object): WebhookEvent => ({
    id: `${id}_${epoch}_${seq}_${name}`,
    type,
    atMs,
    data: { canvas, ...data },
  })
  const events: WebhookEvent[] = []
  const hasTurned = before.state !== state && state !== 'paused'
  if (hasTurned) events.push(event(state === 'open' ? 'canvas.opened' : 'canvas.closed', state, { was: before.state }))
  const changes = changesBetween(before, after).filter(({ field }) => !(hasTurned && field === 'state'))
  if (changes.length > 0) events.push(event('canvas.changed', 'changed', { changes }))
  const { announcement } = after
  if (announcement && announcement.id !== before.announcement?.id) {
    const { text, level, untilMs } = announcement
    const until = untilMs === null ? null : new Date(untilMs).toISOString()
    events.push(event('announcement.published', 'announcement', { announcement: { text, level, until } }))
  }
  return events
}

const changesBetween = (before: BoardBefore, after: BoardBefore): FieldChange[] => {
  const [olds, news] = [before, after].map((canvas): Record<string, unknown> => ({ ...canvas, ...settingsOf(canvas) }))
  if (!olds || !news) return []
  const hasStepRun = JSON.stringify(olds['finishedSteps']) !== JSON.stringify(news['finishedSteps'])
  return Object.keys(news)
    .filter((field) => !unreported.has(field) && !(hasStepRun && field === 'schedule'))
    .filter((field) => JSON.stringify(olds[field]) !== JSON.stringify(news[field]))
    .map((field) => ({ field, old: shown(olds[field]), new: shown(news[field]) }))
}

const shown = (value: unknown): Shown =>
  (JSON.stringify(value) ?? '').length > maxValueLength ? { isTooLarge: true } : { value: value ?? null }

/** `id` is another one for each change. */
export const healthEvent = (options: { id: string; was: Verdict['level']; verdict: Verdict; atMs: number }): WebhookEvent => {
  const { id, was, atMs } = options
  const { level, stage, title, body } = options.verdict
  return { id, type: 'health.changed', atMs, data: { level, was, stage, title, body } }
}

export const testEvent = (id: string, atMs: number): WebhookEvent => ({
  id,
  type: 'webhook.test',
  atMs,
  data: { message: 'This is a test. The webhook works.' },
})

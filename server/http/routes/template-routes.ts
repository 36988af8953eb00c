/** Templates by link: everybody reads them, painters upload them as the canvas allows, and their owners and staff change them. */
import { randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { type Canvas, settingsOf } from '../../../lib/canvas.ts'
import { hybridAt } from '../../../lib/clock.ts'
import { isTemplateName, type LinkedTemplate, noCell, templateIdPattern, templateLimits } from '../../../lib/linked-template.ts'
import { guestName, type Painter } from '../../../lib/painter.ts'
import type { Refusal } from '../../../lib/refusal.ts'
import { requestCosts } from '../../limits/limits.ts'
import type { Parsed } from '../../parse.ts'
import { badParameter, noCanvas } from '../../refusals.ts'
import { canvasWith } from '../../store/canvas-cache.ts'
import { isOfBoard } from '../../store/templates-port.ts'
import { cellsPng, createCellReader, packCells } from '../../templates/template-cells.ts'
import { showProgress } from '../../templates/template-progress.ts'
import { checkPlace, readUpload } from '../../templates/template-upload.ts'
import type { Operator } from '../callers.ts'
import { matchesTag } from '../entity-tag.ts'
import { type Answer, type ApiRequest, json, noContent, withHeaders } from '../exchange.ts'
import { readRev } from '../if-match.ts'
import { wholeNumber } from '../params.ts'
import { problemAnswer } from '../problem.ts'
import { readPictureBytes } from '../read-body.ts'
import type { Call, Route } from '../router.ts'
import type { RouteParts } from './route-parts.ts'

const { maxBytes, maxName, maxOfPainter, maxOfCanvas, maxPosition } = templateLimits

export const noTemplate: Refusal = { code: 'not_found', detail: 'There is no template with this id.' }
const notYours: Refusal = { code: 'forbidden', detail: 'Only the painter who uploaded this template and staff may change it.' }
const uploadsOff: Refusal = { code: 'forbidden', detail: 'Nobody may upload templates on this canvas.' }
const staffOnly: Refusal = { code: 'forbidden', detail: 'Only staff may upload templates on this canvas.' }
const beingEmptied: Refusal = {
  code: 'canvas_paused',
  detail: 'The canvas is being started over. Try again in a moment.',
  retryAfterMs: 2_000,
}
const limitOf = {
  painter_limit: `You have ${maxOfPainter} templates on this canvas already. Delete one first.`,
  canvas_limit: `This canvas has ${maxOfCanvas} templates already.`,
} as const

const time = (ms: number) => new Date(ms).toISOString()

export const showTemplate = ({ by, createdAtMs, changedAtMs, epoch: _, ...template }: LinkedTemplate) => ({
  ...template,
  by: { id: by, name: guestName(by) },
  createdAt: time(createdAtMs),
  changedAt: time(changedAtMs),
})

/** The template and its canvas. Null when there is none, or its board was started over. */
export const findTemplate = async (
  { store, placing }: RouteParts,
  id = '',
): Promise<{ template: LinkedTemplate; canvas: Canvas } | null> => {
  const template = templateIdPattern.test(id) ? await store.templates.getTemplate(id) : null
  const canvas = template && (await placing.canvases.get(template.canvas))
  return template && canvas && isOfBoard(template, canvas) ? { template, canvas } : null
}

interface Uploader {
  readonly painter: Painter
  /** Null for a painter who is no staff. */
  readonly staff: Operator | null
  readonly headers: Readonly<Record<string, string>>
}

/** With `isNew`, an anonymous caller becomes a guest. */
const uploaderOf = async ({ access: { callers, limits } }: RouteParts, request: ApiRequest, isNew: boolean): Promise<Parsed<Uploader>> => {
  const resolved = callers.resolve(request)
  if (!resolved.ok) return resolved
  const { caller } = resolved
  const admin = await callers.admin(request)
  if (!admin.ok && caller.kind === 'anonymous' && !isNew) return { ok: false, refusal: notYours }
  const found = admin.ok ? { ok: true as const, painter: admin.operator.painter, headers: {} } : await callers.painter(request, caller)
  if (!found.ok) return found
  const limited = await limits.upload(request.peer.address, found.painter.id)
  if (limited) return { ok: false, refusal: limited }
  return { ok: true, value: { painter: found.painter, staff: admin.ok ? admin.operator : null, headers: found.headers } }
}

interface Fields {
  readonly name: string | null
  readonly x: number | null
  readonly y: number | null
}

const readFields = (query: URLSearchParams): Parsed<Fields> => {
  const name = query.get('name')?.trim() ?? null
  if (name !== null && !isTemplateName(name)) return refuse('name', `must be one line of 1 to ${maxName} characters`)
  const [x, y] = [wholeNumber(query.get('x') ?? undefined), wholeNumber(query.get('y') ?? undefined)]
  for (const [field, value] of [
    ['x', x],
    ['y', y],
  ] as const) {
    const isGiven = query.has(field)
    if (isGiven && (value === null || Math.abs(value) > maxPosition))
      return refuse(field, `must be a whole number from ${-maxPosition} to ${maxPosition}`)
  }
  return { ok: true, value: { name, x, y } }
}

const refuse = (field: string, message: string): { ok: false; refusal: Refusal } => ({ ok: false, refusal: badParameter(field, message) })

/** 16 letters and digits of base 32. */
const newTemplateId = () => Array.from(randomBytes(16), (byte) => 'abcdefghijklmnopqrstuvwxyz234567'[byte & 31]).join('')

const upload = async (parts: RouteParts, { request, params, query }: Call): Promise<Answer> => {
  const { store, placing, operations, clock } = parts
  const canvas = await placing.canvases.get(params.id ?? '')
  if (!canvas) return problemAnswer(noCanvas)
  if (settingsOf(canvas).templates === 'off') return problemAnswer(uploadsOff)
  const fields = readFields(query)
  if (!fields.ok) return problemAnswer(fields.refusal)
  const { name, x, y } = fields.value
  if (name === null || x === null || y === null)
    return problemAnswer(badParameter(name === null ? 'name' : x === null ? 'x' : 'y', 'is missing'))
  const bytes = await readPictureBytes(request, maxBytes)
  if (!bytes.ok) return problemAnswer(bytes.refusal)
  const uploader = await uploaderOf(parts, request, true)
  if (!uploader.ok) return problemAnswer(uploader.refusal)
  const { painter, staff, headers } = uploader.value
  const refused = (refusal: Refusal) => withHeaders(problemAnswer(refusal), headers)
  if (!staff && settingsOf(canvas).templates === 'staff') return refused(staffOnly)
  const read = await readUpload(bytes.value, canvas)
  if (!read.ok) return refused(read.refusal)
  const { width, height, cells } = read.value
  const outside = checkPlace(canvas, { x, y, width, height }, cells)
  if (outside) return refused(outside)
  const nowMs = clock.now()
  const template: LinkedTemplate = {
    ...{ id: newTemplateId(), canvas: canvas.id, epoch: canvas.epoch, rev: 1, name, by: painter.id, x, y, width, height },
    ...{ createdAtMs: nowMs, changedAtMs: nowMs },
  }
  const created = await store.templates.createTemplate({
    template,
    bytes: await packCells(cells),
    maxOfPainter: staff ? null : maxOfPainter,
    groupId: operations.newGroupId(),
  })
  if (created === 'gone') return refused(canvas.erasing ? beingEmptied : noCanvas)
  if (created !== 'created') return refused({ code: 'template_limit', detail: limitOf[created] })
  operations.wakePublisher()
  return withHeaders(json(201, showTemplate(template)), headers)
}

type Found = NonNullable<Awaited<ReturnType<typeof findTemplate>>>

/** What an act on a template has on record. */
const actOn = (verb: string, { id, canvas, name, by }: LinkedTemplate) => ({
  action: `canvas.${verb}_template`,
  target: canvas,
  details: { template: id, name, by },
})

/** Runs a change of a template by its owner or staff. */
const changing =
  (parts: RouteParts, verb: 'change' | 'remove', act: (call: Call, found: Found) => Promise<Answer>): Route['handle'] =>
  async (call) => {
    const found = await findTemplate(parts, call.params.id)
    if (!found) return problemAnswer(noTemplate)
    const uploader = await uploaderOf(parts, call.request, false)
    if (!uploader.ok) return problemAnswer(uploader.refusal)
    const { painter, staff, headers } = uploader.value
    if (!staff && painter.id !== found.template.by) return withHeaders(problemAnswer(notYours), headers)
    const run = () => act(call, found)
    return withHeaders(staff ? await parts.operations.acts.run(staff, actOn(verb, found.template), run) : await run(), headers)
  }

const change = async (parts: RouteParts, { request, query }: Call, { template, canvas }: Found): Promise<Answer> => {
  const { store, operations, clock } = parts
  const fields = readFields(query)
  if (!fields.ok) return problemAnswer(fields.refusal)
  const bytes = await readPictureBytes(request, maxBytes)
  if (!bytes.ok) return problemAnswer(bytes.refusal)
  const rev = request.header('if-match') === null ? null : readRev(request)
  if (rev && !rev.ok) return problemAnswer(rev.refusal)
  const uploaded = bytes.value.length === 0 ? null : await readUpload(bytes.value, canvas)
  if (uploaded && !uploaded.ok) return problemAnswer(uploaded.refusal)
  const cells = uploaded?.value.cells ?? (await createCellReader(store.templates)(template))
  const { name, x, y } = fields.value
  const size = uploaded ? { width: uploaded.value.width, height: uploaded.value.height } : {}
  const changed = {
    ...template,
    ...size,
    rev: template.rev + 1,
    name: name ?? template.name,
    x: x ?? template.x,
    y: y ?? template.y,
    changedAtMs: hybridAt(clock.now(), template.changedAtMs),
  }
  const outside = cells && checkPlace(canvas, changed, cells)
  if (outside) return problemAnswer(outside)
  const isStale = rev !== null && rev.value !== template.rev
  const picture = uploaded ? await packCells(uploaded.value.cells) : null
  const outcome = isStale
    ? 'stale'
    : await store.templates.changeTemplate({ template: changed, bytes: picture, groupId: operations.newGroupId() })
  if (outcome === 'not_found') return problemAnswer(noTemplate)
  if (outcome === 'stale') return problemAnswer(stale)
  operations.wakePublisher()
  return json(200, showTemplate(changed))
}

const stale: Refusal = { code: 'stale_rev', detail: 'The template was changed meanwhile. Nothing was changed; read it again.' }

const remove = async ({ store, operations, clock }: RouteParts, _: Call, { template }: Found): Promise<Answer> => {
  const { id } = template
  const removed = await store.templates.removeTemplate({ id, groupId: operations.newGroupId(), nowMs: clock.now() })
  if (!removed) return problemAnswer(noTemplate)
  operations.wakePublisher()
  return noContent()
}

/** All templates of the canvas for staff, and a painter's own ones. */
const list = async ({ store, placing, access: { callers } }: RouteParts, { request, params }: Call): Promise<Answer> => {
  const canvas = await placing.canvases.get(params.id ?? '')
  if (!canvas) return problemAnswer(noCanvas)
  const resolved = callers.resolve(request)
  if (!resolved.ok) return problemAnswer(resolved.refusal)
  const admin = await callers.admin(request)
  const { caller } = resolved
  if (!admin.ok && caller.kind === 'anonymous') return json(200, { templates: [] })
  const wanted = admin.ok || caller.kind === 'anonymous' ? { canvas: canvas.id } : { canvas: canvas.id, by: caller.painter.id }
  const templates = await store.templates.listTemplates(wanted)
  return json(200, { templates: templates.filter((template) => isOfBoard(template, canvas)).map(showTemplate) })
}

const hasColors = ({ palette }: Canvas, cells: Uint16Array) => cells.every((cell) => cell === noCell || cell < palette.length)

const maxCachedPngBytes = 16 * 1_048_576

const createPictureHandler = (parts: RouteParts): Route['handle'] => {
  const readCells = createCellReader(parts.store.templates)
  const pngs = new LRUCache<string, Uint8Array>({ maxSize: maxCachedPngBytes, sizeCalculation: ({ length }) => length })
  return async ({ request, params, query }) => {
    const found = await findTemplate(parts, params.id)
    const wanted = query.get('rev')
    if (!found || (wanted !== null && wanted !== String(found.template.rev))) return problemAnswer(noTemplate)
    const { template, canvas } = found
    const etag = `"${template.rev}"`
    const cacheControl = wanted === null ? 'no-cache' : 'public, max-age=31536000, immutable'
    const headers = { 'content-type': 'image/png', 'cache-control': cacheControl, etag }
    if (matchesTag(request.header('if-none-match'), etag)) return { status: 304, headers, body: null }
    const key = `${template.id}/${template.rev}`
    const cells = pngs.has(key) ? null : await readCells(template)
    // A cached canvas may lack new colours, and this answer is kept for good.
    const newest = cells && (await canvasWith(parts.placing.canvases, canvas.id, (one) => hasColors(one, cells)))
    const png = pngs.get(key) ?? (cells && newest && hasColors(newest, cells) ? await cellsPng(cells, template, newest.palette) : null)
    if (!png) return problemAnswer(noTemplate)
    pngs.set(key, png)
    return { status: 200, headers, body: png }
  }
}

/** Followers of a template ask at the same time. */
const progressKeptMs = 1_000

const createProgressHandler = (parts: RouteParts): Route['handle'] => {
  const { monotonicNow, now } = parts.clock
  const kept = new LRUCache<string, { readonly rev: number; readonly atMs: number; readonly shown: ReturnType<typeof showProgress> }>({
    max: templateLimits.maxOfCanvas,
  })
  return async ({ params }) => {
    const found = await findTemplate(parts, params.id)
    if (!found) return problemAnswer(noTemplate)
    const { id, rev } = found.template
    const known = kept.get(id)
    const isFresh = known?.rev === rev && monotonicNow() - known.atMs < progressKeptMs
    const shown = isFresh ? known.shown : showProgress(parts.store.templates, { ...found, nowMs: now() })
    if (!isFresh) kept.set(id, { rev, atMs: monotonicNow(), shown })
    return json(200, await shown)
  }
}

const showOne = async (parts: RouteParts, { request, params }: Call): Promise<Answer> => {
  const found = await findTemplate(parts, params.id)
  if (!found) return problemAnswer(noTemplate)
  const headers = { 'cache-control': 'no-cache', etag: `"${found.template.rev}"` }
  if (matchesTag(request.header('if-none-match'), headers.etag)) return { status: 304, headers, body: null }
  return json(200, showTemplate(found.template), headers)
}

export const templateRoutes = (parts: RouteParts): Route[] => {
  const path = '/api/templates/:id'
  const [ofCanvas, cost] = ['/api/canvases/:id/templates', requestCosts.picture]
  return [
    { method: 'GET', path: ofCanvas, handle: (call) => list(parts, call) },
    { method: 'POST', path: ofCanvas, cost, handle: (call) => upload(parts, call) },
    { method: 'GET', path, open: true, handle: (call) => showOne(parts, call) },
    { method: 'PUT', path, cost, handle: changing(parts, 'change', (call, found) => change(parts, call, found)) },
    { method: 'DELETE', path, handle: changing(parts, 'remove', (call, found) => remove(parts, call, found)) },
    { method: 'GET', path: `${path}/progress`, open: true, handle: createProgressHandler(parts) },
    { method: 'GET', path: `${path}/picture.png`, open: true, cost: requestCosts.template, handle: createPictureHandler(parts) },
  ]
}

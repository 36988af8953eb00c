/** Checks a canvas of `GET /api/canvases/:id` or of the event `canvas`. Null unless PROTOCOL.md allows it. */
import { templateUploads, templateUploadsOf } from '../../../lib/canvas.ts'
import type { CanvasInfo } from './types.ts'

type Fields = Record<string, unknown>

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null
const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0
const isText = (value: unknown): value is string => typeof value === 'string'
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText)
const isTime = (value: unknown) => isText(value) && !Number.isNaN(Date.parse(value))
const isTimeOrNull = (value: unknown) => value === null || isTime(value)

const isArea = (value: unknown) =>
  isObject(value) && [value['gx'], value['gy'], value['width'], value['height']].every((number) => isCount(number))

const isUploads = (value: unknown) => templateUploads.some((each) => each === value)

const isAnnouncement = (value: unknown) =>
  isObject(value) &&
  [value['id'], value['text']].every(isText) &&
  (value['level'] === 'info' || value['level'] === 'important') &&
  isTime(value['at']) &&
  isTimeOrNull(value['until'])

/** A server that runs an older version during an update does not send these. */
const defaults = {
  rules: '',
  visibility: 'listed',
  undoMs: 0,
  assist: true,
  templates: 'everyone',
  protectedAreas: [],
  onlyColor: null,
  announcement: null,
  opensAt: null,
  closesAt: null,
  archivedAt: null,
  erasing: null,
}

const areSettings = (canvas: Fields) =>
  isText(canvas['rules']) &&
  (canvas['visibility'] === 'listed' || canvas['visibility'] === 'link') &&
  isCount(canvas['undoMs']) &&
  typeof canvas['assist'] === 'boolean' &&
  isUploads(canvas['templates']) &&
  Array.isArray(canvas['protectedAreas']) &&
  canvas['protectedAreas'].every(isArea) &&
  (canvas['onlyColor'] === null || isCount(canvas['onlyColor'])) &&
  (canvas['announcement'] === null || isAnnouncement(canvas['announcement'])) &&
  [null, 'delete', 'start_over'].includes(canvas['erasing'] as string | null) &&
  [canvas['opensAt'], canvas['closesAt'], canvas['archivedAt']].every(isTimeOrNull)

export const readCanvas = (value: unknown): CanvasInfo | null => {
  if (!isObject(value)) return null
  const { id, title, epoch, rev, width, height, tileSize, tilesX, tilesY, palette, colorNames, background, cooldownMs, maxCharges, state } =
    value
  const texts = [id, title, epoch].every(isText)
  const counts = [rev, width, height, tileSize, tilesX, tilesY, background, cooldownMs, maxCharges].every(isCount)
  const colors = isTexts(palette) && palette.length >= 2 && palette.every((color) => /^#[0-9A-F]{6}$/i.test(color)) && isTexts(colorNames)
  const known = state === 'open' || state === 'paused' || state === 'closed'
  if (!texts || !counts || !colors || !known) return null
  const canvas = { ...defaults, ...value }
  // An older server sends a switch.
  if (typeof canvas.templates === 'boolean') canvas.templates = templateUploadsOf(canvas.templates)
  return areSettings(canvas) ? (canvas as unknown as CanvasInfo) : null
}

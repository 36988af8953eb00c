/** Uploads, changes and removes templates by link, as this page's painter. */
import { encodePicture } from '../../../../lib/templates/encode-picture.ts'
import type { PlacedTemplate } from '../../../../lib/templates/template.ts'
import type { Session } from '../../session/types.ts'
import { type LinkedInfo, readLinkedInfo } from './read-linked.ts'

export type Shared = { ok: true; info: LinkedInfo } | { ok: false; code: string }

const send = async (session: Pick<Session, 'request'>, path: string, init: RequestInit): Promise<Shared> => {
  const answer = await session.request(path, init, 'json')
  const info = answer.kind === 'ok' ? readLinkedInfo(answer.value) : null
  if (info) return { ok: true, info }
  return { ok: false, code: answer.kind === 'problem' ? answer.problem.code : 'unreachable' }
}

const fieldsOf = ({ name, x, y }: PlacedTemplate) => new URLSearchParams({ name, x: String(x), y: String(y) }).toString()
const png = (body: Uint8Array) => ({ headers: { 'Content-Type': 'image/png' }, body: new Blob([body as BlobPart]) })

export const uploadTemplate = (
  session: Pick<Session, 'request'>,
  options: { canvas: string; template: PlacedTemplate; palette: readonly string[] },
) => {
  const { canvas, template, palette } = options
  const path = `/api/canvases/${encodeURIComponent(canvas)}/templates?${fieldsOf(template)}`
  return send(session, path, { method: 'POST', ...png(encodePicture(template.picture, palette)) })
}

/** Sends the template as this page has it. */
export const changeTemplate = (
  session: Pick<Session, 'request'>,
  options: { id: string; template: PlacedTemplate; palette: readonly string[] },
) => {
  const { id, template, palette } = options
  return send(session, `/api/templates/${id}?${fieldsOf(template)}`, { method: 'PUT', ...png(encodePicture(template.picture, palette)) })
}

/** Null if it is removed. */
export const removeTemplate = async (session: Pick<Session, 'request'>, id: string): Promise<string | null> => {
  const answer = await session.request(`/api/templates/${id}`, { method: 'DELETE' }, 'nothing')
  if (answer.kind === 'ok') return null
  const code = answer.kind === 'problem' ? answer.problem.code : 'unreachable'
  return code === 'not_found' ? null : code
}

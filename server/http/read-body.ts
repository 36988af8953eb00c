/** Reads and parses bodies. Checks the media type, the size, then the JSON. The routes check the schema. */
import { isUtf8 } from 'node:buffer'
import { invalid, type Refusal } from '../../lib/refusal.ts'
import type { Parsed } from '../parse.ts'
import type { ApiRequest, Body } from './exchange.ts'

const maxJsonKiB = 16
/** All settings of a canvas, whose characters may be escaped as `\\u1234`. */
export const maxSettingsKiB = 256
const maxPictureBytes = 32 * 1_048_576
/** A slower body would hold the connection. A picture may arrive over a slow line. */
const maxJsonMs = 10_000
const maxPictureMs = 120_000

/** `application/json` or any `+json` type, with any parameters. */
const jsonType = /^application\/(?:json|[\w.!#$&^-]+\+json)\s*(?:;|$)/i
const pictureType = /^(?:image\/png|application\/octet-stream)\s*(?:;|$)/i

export const readJson = async (request: ApiRequest, maxKiB = maxJsonKiB): Promise<Parsed<unknown>> => {
  const type = request.header('content-type')
  if (type !== null && !jsonType.test(type)) return unsupported('The body must be application/json.')
  const body = await request.body({ maxBytes: maxKiB * 1_024, maxMs: maxJsonMs })
  return body.ok ? parseJson(body.bytes) : { ok: false, refusal: refusalOf(body.why, `The body must be at most ${maxKiB} KiB.`) }
}

const parseJson = (bytes: Uint8Array): Parsed<unknown> => {
  try {
    // Other bytes would be stored as replacement characters.
    if (!isUtf8(bytes)) return notJson
    return { ok: true, value: JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')) }
  } catch {
    return notJson
  }
}

const notJson: Parsed<unknown> = { ok: false, refusal: invalid([{ path: '', message: 'is not JSON' }]) }

export const readPictureBytes = async (request: ApiRequest, maxBytes = maxPictureBytes): Promise<Parsed<Uint8Array>> => {
  const type = request.header('content-type')
  if (type !== null && !pictureType.test(type)) return unsupported('The body must be image/png or application/octet-stream.')
  const body = await request.body({ maxBytes, maxMs: maxPictureMs })
  return body.ok
    ? { ok: true, value: body.bytes }
    : { ok: false, refusal: refusalOf(body.why, `The picture must be at most ${sizeText(maxBytes)}.`) }
}

const sizeText = (bytes: number) => (bytes < 1_048_576 ? `${bytes / 1_024} KiB` : `${bytes / 1_048_576} MiB`)

const unsupported = (detail: string): { ok: false; refusal: Refusal } => ({
  ok: false,
  refusal: { code: 'unsupported_media_type', detail },
})

const refusalOf = (why: Extract<Body, { ok: false }>['why'], tooLarge: string): Refusal => {
  if (why === 'too_large') return { code: 'too_large', detail: tooLarge }
  return { code: 'invalid_request', detail: 'The body did not arrive in time.', errors: [{ path: '', message: 'did not arrive in time' }] }
}

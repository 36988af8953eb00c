/** Refusals that several use cases and routes share. */
import type { Refusal } from '../lib/refusal.ts'

export const storeDown: Refusal = {
  code: 'unavailable',
  detail: 'The server cannot answer right now. Try again in a moment.',
  retryAfterMs: 1_000,
}

/** For a change that is no placement: the store may have saved it before it stopped answering. */
export const perhapsChanged: Refusal = {
  code: 'unavailable',
  detail: 'The server cannot say whether this was saved. Look before you repeat it.',
  retryAfterMs: 1_000,
}

/** For a placement. */
export const notSaved: Refusal = {
  code: 'unavailable',
  detail: 'The board cannot be saved right now. Nothing was changed; try again in a moment.',
  retryAfterMs: 1_000,
}

export const notFound: Refusal = { code: 'not_found', detail: 'There is nothing at this address.' }

/** An invalid parameter of the path or the query. */
export const badParameter = (path: string, message: string): Refusal => ({
  code: 'invalid_request',
  detail: `${path} ${message}.`,
  errors: [{ path, message }],
})

export const noCanvas: Refusal = { code: 'canvas_not_found', detail: 'There is no canvas with this id.' }
export const noTile: Refusal = { code: 'tile_not_found', detail: 'The canvas has no tile with this number.' }

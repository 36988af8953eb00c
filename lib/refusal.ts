/**
 * Refusals. A refusal that a user can cause is a value with a code, never an exception. All codes of PROTOCOL.md are here with
 * their HTTP statuses. Code compares codes, never messages.
 */
export const problemStatus = {
  invalid_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  banned: 403,
  canvas_not_found: 404,
  tile_not_found: 404,
  not_found: 404,
  method_not_allowed: 405,
  canvas_paused: 409,
  canvas_closed: 409,
  canvas_exists: 409,
  canvas_limit: 409,
  template_limit: 409,
  backups_off: 409,
  backup_running: 409,
  stale_rev: 409,
  stale_epoch: 409,
  undo_expired: 409,
  painted_over: 409,
  log_trimmed: 410,
  too_large: 413,
  unsupported_media_type: 415,
  out_of_bounds: 422,
  color_not_in_palette: 422,
  area_protected: 422,
  color_not_allowed: 422,
  idempotency_key_reused: 422,
  cooldown: 429,
  rate_limited: 429,
  unavailable: 503,
  overloaded: 503,
} as const

export type ProblemCode = keyof typeof problemStatus

export interface FieldError {
  readonly path: string
  readonly message: string
}

/** Why a request was refused. `detail` is a sentence for a person. `retryAfterMs` is set if a later try may succeed. */
export interface Refusal {
  readonly code: ProblemCode
  readonly detail: string
  readonly retryAfterMs?: number
  readonly errors?: readonly FieldError[]
  /** Names the request in the log. */
  readonly requestId?: string
}

/** The paths of the errors are fields of the body; an empty one is the whole body. */
export const invalid = (errors: readonly FieldError[]): Refusal => ({
  code: 'invalid_request',
  detail: errors.map(({ path, message }) => (path === '' ? `The body ${message}` : `${path} ${message}`)).join('; '),
  errors,
})

/** The form of a refusal in HTTP answers (RFC 9457, `application/problem+json`) and in socket acknowledgements. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: ProblemCode
  readonly detail: string
  readonly retryAfterMs?: number
  readonly errors?: readonly FieldError[]
  readonly requestId?: string
}

const titles: Record<ProblemCode, string> = {
  invalid_request: 'The request is not valid',
  unauthenticated: 'Sign in first',
  forbidden: 'Not allowed',
  banned: 'Banned',
  canvas_not_found: 'No such canvas',
  tile_not_found: 'No such tile',
  not_found: 'Not found',
  method_not_allowed: 'Method not allowed',
  canvas_paused: 'The canvas is paused',
  canvas_closed: 'The canvas is closed',
  canvas_exists: 'The id is in use',
  canvas_limit: 'Too many canvases',
  template_limit: 'Too many templates',
  backups_off: 'No scheduled backups',
  backup_running: 'A backup is running',
  stale_rev: 'Changed by somebody else',
  stale_epoch: 'The canvas was started over',
  undo_expired: 'Too late to undo',
  painted_over: 'Painted over',
  log_trimmed: 'No longer kept',
  too_large: 'Too large',
  unsupported_media_type: 'Unsupported media type',
  out_of_bounds: 'Outside the canvas',
  color_not_in_palette: 'Not a colour of this canvas',
  area_protected: 'Protected area',
  color_not_allowed: 'Not a colour of the finale',
  idempotency_key_reused: 'Idempotency key used for something else',
  cooldown: 'No charge left',
  rate_limited: 'Too many requests',
  unavailable: 'Not available right now',
  overloaded: 'Too busy right now',
}

export const problemOf = (refusal: Refusal): Problem => ({
  type: `urn:fresco:problem:${refusal.code}`,
  title: titles[refusal.code],
  status: problemStatus[refusal.code],
  ...refusal,
})

export const retryAfterSeconds = (retryAfterMs: number) => Math.max(1, Math.ceil(retryAfterMs / 1_000))

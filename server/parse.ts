/** Checks external values against a zod schema. A failed check becomes the refusal `invalid_request`. */
import type { z } from 'zod'
import { type FieldError, invalid, type Refusal } from '../lib/refusal.ts'

export type Parsed<Value> = { ok: true; value: Value } | { ok: false; refusal: Refusal }

/** The most mistakes in one answer. */
const maxErrors = 20

/** `at` is the field that `input` came from; the paths in the answer begin with it. */
export const parse = <Schema extends z.ZodType>(schema: Schema, input: unknown, at = ''): Parsed<z.output<Schema>> => {
  const result = schema.safeParse(input)
  if (result.success) return { ok: true, value: result.data }
  const errors = result.error.issues.slice(0, maxErrors).map((issue): FieldError => {
    const path = [...(at === '' ? [] : [at]), ...issue.path.map(String)].join('.')
    return { path, message: issue.message }
  })
  return { ok: false, refusal: invalid(errors) }
}

/**
 * Queries a part with a time limit, one query at a time. Without that, a part that hangs would collect a query each second, and each holds
 * a connection.
 */
import { within } from '../clock.ts'

export type SingleFlightProbe<Value> = () => Promise<{ value: Value } | null>

/** Returns null when the query fails or is late. Never rejects. */
export const createSingleFlightProbe = <Value>(ask: () => Promise<Value>, withinMs = 1_000): SingleFlightProbe<Value> => {
  let open: Promise<{ value: Value } | null> | null = null
  return async () => {
    open ??= ask()
      .then(
        (value) => ({ value }),
        () => null,
      )
      .finally(() => {
        open = null
      })
    return within(withinMs, open, () => new Error('late')).catch(() => null)
  }
}

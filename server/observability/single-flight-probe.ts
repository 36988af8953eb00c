/**
 * Asks a part something, and goes on without an answer when it does not come in time. What was asked and is not answered is not asked again: a part that
 * hangs would otherwise collect a question a second, and each holds a connection.
 */
export type SingleFlightProbe<Value> = () => Promise<{ value: Value } | null>

/** Answers null when it failed, or did not answer in time. Never rejects. */
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
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), withinMs)
    })
    const answer = await Promise.race([open, late])
    clearTimeout(timer)
    return answer
  }
}

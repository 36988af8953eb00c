/** The clocks of a process. */
export interface Clock {
  /** The wall clock. It jumps when the machine's clock is set. */
  readonly now: () => number
  /** Milliseconds that only increase, for durations and expiry. */
  readonly monotonicNow: () => number
}

export const monotonicNow = () => performance.now()

export const systemClock: Clock = { now: Date.now, monotonicNow }

/** Resolves or rejects as `work` does, or rejects with the error of `late` after `ms`. It does not stop the work. */
export const within = async <Value>(ms: number, work: Promise<Value>, late: () => Error): Promise<Value> => {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), Math.max(0, ms))
  })
  try {
    return await Promise.race([work, tooLate])
  } finally {
    clearTimeout(timer)
  }
}

/** Milliseconds that only go forward. For how long something takes or is kept: the wall clock jumps when it is set right. */
export const monotonicNow = () => performance.now()

/** Animations as `work` does, or rejects with what `late` makes when it takes longer. The work itself goes on. */
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

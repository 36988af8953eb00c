/** A few at a time: for work that takes much memory (A6). Whoever finds no slot is refused, never queued. */
export interface Slots {
  /** How to give the slot back (once is enough, more does no harm); null when all are taken. */
  take(): (() => void) | null
}

export const createSlots = (count: number): Slots => {
  let taken = 0
  return {
    take() {
      if (taken >= count) return null
      taken++
      let isMine = true
      return () => {
        if (!isMine) return
        isMine = false
        taken--
      }
    },
  }
}

/** The same stream; `release` is called when it was read to its end, failed, or its reader went away. */
export const whileReading = (source: ReadableStream<Uint8Array>, release: () => void): ReadableStream<Uint8Array> => {
  const reader = source.getReader()
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const next = await reader.read()
          if (!next.done) return controller.enqueue(next.value)
          release()
          controller.close()
        } catch (error) {
          release()
          throw error
        }
      },
      async cancel(reason) {
        release()
        await reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}

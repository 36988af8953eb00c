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

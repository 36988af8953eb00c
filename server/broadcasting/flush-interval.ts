/**
 * How long frames are gathered when pixels come faster than they can be sent well: 16 ms for a few sockets, growing with their number to 250 ms.
 *
 * One flush costs some 6 µs of CPU per socket. For up to a hundred sockets, 350 µs of window per socket keep that at a fiftieth of a core, and nobody sees
 * 35 ms. Beyond, with 35 µs per socket, a busy gateway spends about a sixth of its core on sending. When many pixels come, the window is longer: a
 * frame's envelope weighs forty bytes and pixels that lie closer together weigh less, so what each client receives shrinks by a seventh, and less
 * is spent on sending.
 */
const perSocketOfFewMs = 0.35
const fewMs = 35
const perSocketMs = { few: 0.035, many: 0.06 }
/** Pixels at once from which on bytes count more than milliseconds. */
export const manyPixels = 16

export const flushIntervalMs = ({ sockets, lastPixels }: { sockets: number; lastPixels: number }) =>
  Math.min(
    250,
    Math.round(
      Math.max(16, Math.min(fewMs, sockets * perSocketOfFewMs), sockets * (lastPixels < manyPixels ? perSocketMs.few : perSocketMs.many)),
    ),
  )

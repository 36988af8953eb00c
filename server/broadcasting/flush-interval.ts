/**
 * The flush interval under load: from 16 ms for a few sockets to 250 ms for many.
 *
 * One flush costs about 6 µs of CPU for each socket. Up to a hundred sockets that takes at most a fiftieth of a core, and with more sockets a
 * sixth. With many pixels the interval is longer, because large frames need fewer bytes for each pixel.
 */
const perSocketOfFewMs = 0.35
const fewMs = 35
const perSocketMs = { few: 0.035, many: 0.06 }
/** From this number of pixels in a flush, bytes matter more than milliseconds. */
const manyPixels = 16

export const flushIntervalMs = ({ sockets, lastPixels }: { sockets: number; lastPixels: number }) =>
  Math.min(
    250,
    Math.round(
      Math.max(16, Math.min(fewMs, sockets * perSocketOfFewMs), sockets * (lastPixels < manyPixels ? perSocketMs.few : perSocketMs.many)),
    ),
  )

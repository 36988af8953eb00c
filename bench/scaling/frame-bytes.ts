/** The size of a frame by its pixels, from the encoder of gateways: pixels anywhere on a tile, in 32 colors. */
import { encodePixels } from '../../lib/codec.ts'
import { randomsOf } from '../../lib/randoms.ts'
import { encodeEvent } from '../load/socket-io.ts'
import { encodeServerFrame } from '../load/ws-frame.ts'

const cells = 1_024 * 1_024
const colorCount = 32
const known = new Map<number, number>()

const count = (pixels: number): number => {
  const random = randomsOf(pixels)
  const places = new Set<number>()
  while (places.size < pixels) places.add(Math.floor(random() * cells))
  const positions = Uint32Array.from(places).sort()
  const colors = Uint8Array.from(positions, () => Math.floor(random() * colorCount))
  const data = Buffer.from(encodePixels({ positions, colors })).toString('base64')
  return encodeServerFrame(encodeEvent('pixels', ['main', 0, 1_000_000, 1_000_000 + pixels, data])).length
}

const atPower = (power: number) => {
  const size = 2 ** power
  const bytes = known.get(size) ?? count(size)
  known.set(size, bytes)
  return bytes
}

/** Above this the slope of the line is constant. */
const maxPower = 13

/** On the line between powers of two. */
export const frameBytes = (pixels: number): number => {
  if (pixels <= 1) return atPower(0)
  const power = Math.min(maxPower - 1, Math.floor(Math.log2(pixels)))
  const [from, to] = [atPower(power), atPower(power + 1)]
  return from + ((to - from) * (pixels - 2 ** power)) / 2 ** power
}

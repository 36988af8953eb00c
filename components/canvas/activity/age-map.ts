/**
 * When the pixels of one tile were painted, as the page knows it: a number for each position, counted in units from a base. So a frame changes only the
 * pixels that it has, while all ages grow with the clock.
 */
import { ageOf, longAgo, untouched } from '../../../lib/ages.ts'

export const unitMs = 2_000
/** The first number that is a time. Smaller ones: 0 for an untouched pixel, 1 for one that was painted before the base. */
export const firstTime = 2
const lastTime = 0xffff
/** The base is this long before the present, so that every shown age is a time. */
export const baseBeforeMs = 25 * 3_600_000

export class AgeMap {
  readonly times: Uint16Array<ArrayBuffer>
  readonly #baseMs: number
  /** Counts the changes, for copies of the times. */
  revision = 0

  constructor(options: { codes: Uint8Array; atMs: number; baseMs: number }) {
    const { codes, atMs, baseMs } = options
    this.#baseMs = baseMs
    const timeOfCode = Uint16Array.from({ length: 256 }, (_, code) => {
      if (code === untouched) return 0
      return code === longAgo ? 1 : this.timeOf(atMs - ageOf(code))
    })
    this.times = new Uint16Array(codes.length)
    for (let position = 0; position < codes.length; position++) this.times[position] = timeOfCode[codes[position] as number] as number
  }

  timeOf(atMs: number): number {
    return Math.min(lastTime, Math.max(1, Math.floor((atMs - this.#baseMs) / unitMs) + firstTime))
  }

  /** Pixels were painted at a time. */
  paint(positions: ArrayLike<number>, atMs: number) {
    const time = this.timeOf(atMs)
    for (let index = 0; index < positions.length; index++) {
      const position = positions[index] as number
      if (time > (this.times[position] ?? lastTime)) this.times[position] = time
    }
    this.revision++
  }
}

/** Whether a base is so old that times would soon not fit. The page then reads all ages again. */
export const isBaseOld = (baseMs: number, nowMs: number) => nowMs - baseMs > (lastTime - firstTime) * unitMs - 3_600_000

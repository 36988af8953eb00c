/** The cost of one more, from the curves. Each cost is a difference between two measurements, without the constant part. */
import type { Growth } from './growth-result.ts'

export interface Costs {
  /** Without those of the smallest number of clients. */
  readonly bytesPerClient: number
  /** Averaged over all further frames. */
  readonly microsecondsPerFrame: number
  /** Without the CPU that the process uses with the same watchers and no pixels. */
  readonly microsecondsPerPlacement: number
  /** The rate at which `microsecondsPerPlacement` was measured. */
  readonly placementsPerSecond: number
  readonly residentBytesPerPixel: number
  readonly fileBytesPerPixel: number
  readonly wireBytesPerPixel: number
  readonly logBytesPerCommitOfOne: number
  readonly historyBytesPerPlacement: number
}

const ends = <Point>(points: readonly Point[]) => [points[0], points.at(-1)] as [Point, Point]

/** The largest rate below saturation: the constant work of a process matters least there. */
const usualRate = 1_000

export const costsOf = ({ clients, idle, rates, canvases, commits }: Growth): Costs => {
  const [few, many] = ends(clients)
  const [small, large] = ends(canvases)
  const rate = rates.find(({ offered }) => offered === usualRate) ?? ends(rates)[1]
  const [one] = ends(commits)
  const painted = canvases.find(({ side }) => side === 1_000) ?? large
  const idlePart = idle.cpuSeconds / idle.seconds
  return {
    bytesPerClient: (many.residentBytes - few.residentBytes) / (many.clients - few.clients),
    microsecondsPerFrame: ((many.cpuSeconds - few.cpuSeconds) * 1e6) / (many.frames - few.frames),
    microsecondsPerPlacement: ((rate.cpuSeconds - idlePart * rate.seconds) * 1e6) / rate.pixels,
    placementsPerSecond: rate.offered,
    residentBytesPerPixel: (large.residentBytes - small.residentBytes) / (large.side ** 2 - small.side ** 2),
    fileBytesPerPixel: painted.fileBytes / painted.paintedPixels,
    wireBytesPerPixel: painted.wireBytes / painted.side ** 2,
    logBytesPerCommitOfOne: one.logBytes,
    historyBytesPerPlacement: one.historyBytes / one.pixels,
  }
}

export const cpuPercentOf = ({ cpuSeconds, seconds }: { cpuSeconds: number; seconds: number }) => (cpuSeconds * 100) / seconds
export const acceptedPerSecond = ({ pixels, seconds }: { pixels: number; seconds: number }) => pixels / seconds

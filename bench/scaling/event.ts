/** The events that docs/SCALING.md computes: what is published of r/place 2022, and what is assumed beside it. */
export interface PlaceEvent {
  readonly name: string
  readonly canvasSide: number
  readonly days: number
  readonly placements: number
  readonly painters: number
  /** The mean of the busiest hour. */
  readonly peakPlacementsPerSecond: number
  /** At once, at the peak. */
  readonly peakViewers: number
}

export const assumptions = {
  /** The rate of the busiest minute ÷ the mean of the busiest hour. */
  burst: 1.5,
  /** Zipf's law over the tiles: the n-th tile gets 1 ÷ n^exponent of the first one's placements. */
  zipfExponent: 1,
  visitMinutes: 20,
  /** Headers of TCP, IP and TLS, beside the WebSocket header. */
  bytesAroundFrame: 90,
  maxUtilisation: 0.6,
  /** Of web processes, publishers and projectors: one may fail. */
  minProcesses: 2,
  /** Redis commands of a gateway for an append: it reads and acknowledges. */
  commandsPerRound: 2,
} as const

const hoursOf2022 = 83

/** "r/Place: The Recap (Part 1)", Reddit, 7 April 2022; the canvas at its largest. */
export const place2022: PlaceEvent = {
  name: 'r/place 2022',
  canvasSide: 2_000,
  days: hoursOf2022 / 24,
  placements: 160e6,
  painters: 10.4e6,
  peakPlacementsPerSecond: 5.9e6 / 3_600,
  peakViewers: 700_000,
}

/** Ten times the people on the same canvas: the hardest way to be ten times as large. */
export const tenTimes: PlaceEvent = {
  ...place2022,
  name: 'ten times that',
  placements: place2022.placements * 10,
  painters: place2022.painters * 10,
  peakPlacementsPerSecond: place2022.peakPlacementsPerSecond * 10,
  peakViewers: place2022.peakViewers * 10,
}

export const publishedRows: readonly (readonly [string, string])[] = [
  ['placements', '160 million in 83 hours; 5.9 million in the busiest hour'],
  ['people who placed', '10.4 million'],
  ['people at a time', '694,000 on average (a billion minutes a day)'],
  ['canvas', '2000 × 2000 at its largest'],
]

export const assumedRows: readonly (readonly [string, string])[] = [
  ['viewers at the peak', '700,000, each watching every tile'],
  ['the busiest minute', `${assumptions.burst} times the mean of the busiest hour`],
  ['the busiest second', 'four standard deviations (Poisson) above it'],
  ['placements by tile', `Zipf, exponent ${assumptions.zipfExponent}`],
  ['a visit', `${assumptions.visitMinutes} minutes, with one download of the board`],
  ['a frame', `${assumptions.bytesAroundFrame} bytes of TCP, IP and TLS`],
  ['a Redis', 'one partition of the stream (`REDIS_PARTITIONS`)'],
  ['a database primary', 'one transaction at a time'],
  ['spare', `at least ${assumptions.minProcesses} of each process; every part below ${assumptions.maxUtilisation * 100} %`],
]

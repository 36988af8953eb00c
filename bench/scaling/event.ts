/** What is to be served. What is published of r/place 2022, and what has to be assumed beside it. */
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
  /** The rate of the quietest hour of a day, of the busiest one's. Between them a cosine. */
  quietPart: 0.3,
  /** The busiest minute, of the busiest hour's mean. */
  burst: 1.5,
  /** Of Zipf's law over the tiles: the n-th tile gets 1 ÷ n^exponent of what the first one gets. */
  zipfExponent: 1,
  visitMinutes: 20,
  /** Headers of TCP, IP and TLS that a frame takes beside its WebSocket header. */
  bytesAroundFrame: 90,
  maxUtilisation: 0.6,
  /** Of each kind that others can take over from. */
  minProcesses: 2,
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

export const publishedRows: readonly (readonly [string, string, string])[] = [
  ['placements in the busiest hour', '5.9 million, 1,640/s', 'Reddit, "r/Place: The Recap (Part 1)", 7 April 2022'],
  ['placements in all', '160 million in 83 hours', 'the same'],
  ['people who placed', '10.4 million', 'the same'],
  ['time spent there', 'a billion minutes a day: 694,000 people at a time, on average', 'the same; the mean is computed here'],
  ['canvas', '2000 × 2000 at its largest', 'the same event'],
]

export const assumedRows: readonly (readonly [string, string, string])[] = [
  [
    'viewers at the peak',
    '700,000',
    'the published mean of the whole community; not all of them watched the board, and the peak is above the mean',
  ],
  ['a day', `a cosine; the quietest hour has ${assumptions.quietPart * 100} % of the busiest`, 'viewers and placements alike'],
  ['the busiest minute', `${assumptions.burst} times the busiest hour's mean`, 'everything is sized for that minute'],
  ['where people paint', `Zipf over the tiles, exponent ${assumptions.zipfExponent}`, 'people gather; arrivals are Poisson'],
  ['what a viewer watches', 'every tile', 'more than a screen shows: the dearest case'],
  ['a visit', `${assumptions.visitMinutes} minutes, one download of every tile's board`, 'for the bytes of boards'],
  ['around a frame', `${assumptions.bytesAroundFrame} bytes of TCP, IP and TLS`, 'one packet and one record a frame'],
  ['a process', 'one core of its own, as fast as the measured one', ''],
  [
    'a primary of MongoDB',
    'carries out one transaction at a time, as long as the measured ones take',
    'on two cores that it shared; a larger machine does several at once',
  ],
  ['several primaries, several Redis', 'tiles split over them without a loss', 'not built: Fresco uses one of each'],
  [
    'spare',
    `at least ${assumptions.minProcesses} web processes, publishers and projectors; every part below ${assumptions.maxUtilisation * 100} %`,
    'one may die',
  ],
]

/** The leaderboard and painters' profiles as the API answers them (PROTOCOL.md, "Statistics"). */
export const periods = ['day', 'all'] as const
export type Period = (typeof periods)[number]
export const orders = ['placed', 'standing'] as const
export type Order = (typeof orders)[number]

interface Who {
  readonly by: { readonly id: string; readonly name: string }
  readonly bot: boolean
}
export interface Row extends Who {
  readonly rank: number
  readonly count: number
}

export interface Leaderboard {
  readonly fromMs: number | null
  readonly countedAtMs: number
  readonly totals: { readonly placed: number; readonly painters: number; readonly standing: number }
  readonly rows: Readonly<Record<Order, readonly Row[]>>
}

export interface Place {
  readonly count: number
  readonly rank: number | null
  readonly next: number | null
}
export type Places = Readonly<Record<Order, Place>>

export interface PaintedPixel {
  readonly gx: number
  readonly gy: number
  readonly color: string
  readonly at: string
}

export interface Profile {
  readonly painter: { readonly id: string; readonly name: string }
  readonly bot: boolean
  readonly day: Places
  readonly all: Places
  readonly colors: readonly { readonly color: string; readonly placed: number }[]
  readonly first: PaintedPixel | null
  readonly recent: readonly PaintedPixel[]
}

interface LeaderboardAnswer {
  readonly from: string | null
  readonly countedAt: string
  readonly totals: Leaderboard['totals']
  readonly placed: readonly (Who & { readonly rank: number; readonly placed: number })[]
  readonly standing: readonly (Who & { readonly rank: number; readonly standing: number })[]
}

/** @throws when there is no answer, or another one than expected. */
const getJson = async <Value>(path: string, signal: AbortSignal): Promise<Value> => {
  const response = await fetch(path, { signal })
  if (!response.ok) throw new Error(`${response.status}`)
  return (await response.json()) as Value
}

const canvasPath = (canvas: string) => `/api/canvases/${encodeURIComponent(canvas)}`

export const getLeaderboard = async (canvas: string, period: Period, signal: AbortSignal): Promise<Leaderboard> => {
  const answer = await getJson<LeaderboardAnswer>(`${canvasPath(canvas)}/stats?period=${period}`, signal)
  return {
    fromMs: answer.from === null ? null : Date.parse(answer.from),
    countedAtMs: Date.parse(answer.countedAt),
    totals: answer.totals,
    rows: {
      placed: answer.placed.map(({ placed, ...row }) => ({ ...row, count: placed })),
      standing: answer.standing.map(({ standing, ...row }) => ({ ...row, count: standing })),
    },
  }
}

export const getProfile = (canvas: string, painter: string, signal: AbortSignal): Promise<Profile> =>
  getJson(`${canvasPath(canvas)}/painters/${encodeURIComponent(painter)}`, signal)

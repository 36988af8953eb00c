/**
 * The load of a benchmark, in a separate process on a separate core: painters, watchers of tile 0, and
 * the verification of their results. It runs the calls of the process that started it (`load/calls.ts`).
 */
import { setTimeout as wait } from 'node:timers/promises'
import { positionOf } from '../../lib/geometry.ts'
import { answerCalls } from '../load/calls.ts'
import { type Area, type Click, createClicks } from '../load/clicks.ts'
import { Crowd } from '../load/crowd.ts'
import { HttpConnection } from '../load/http-connection.ts'
import { paint } from '../load/paint.ts'
import { type Answered, getTokens } from '../load/posts.ts'
import { saturate } from '../load/saturate.ts'
import { readBoard, readCanvas, verify } from '../load/verify.ts'
import { boardRequest, type KnownBoard } from '../load/watcher.ts'

const wholeBoard: Area = { x: 0, y: 0, width: 1_000, height: 1_000 }
const colors = 16

interface Painting {
  readonly ports: readonly number[]
  readonly painters: number
  readonly ms: number
  readonly area?: Area
}

const crowd = new Crowd()
const answered: Answered[] = []
const onAnswered = (each: Answered) => void answered.push(each)
/** The board when the load began. */
let before: KnownBoard | null = null
let tileSize = 1_024
let clicked = 0
const tokens: string[] = []

const portOf = ({ ports }: Pick<Painting, 'ports'>) => ports[0] ?? 0

const begin = async (port: number) => {
  if (before) return
  tileSize = (await readCanvas(port)).tileSize
  before = await readBoard(port)
}

const prepare = async (painting: Painting) => {
  await begin(portOf(painting))
  // Before the measurement, so that it measures painting only.
  tokens.push(...(await getTokens(portOf(painting), Math.max(0, painting.painters - tokens.length))))
  return { tokens: tokens.slice(0, painting.painters), click: clicksOf(painting.area ?? wholeBoard) }
}

/** Clicks continue where the previous call stopped, so that no position is placed twice. */
const clicksOf = (area: Area): ((index: number) => Click) => {
  const click = createClicks(area, colors)
  const first = clicked
  return (index) => {
    clicked = Math.max(clicked, first + index + 1)
    return click(first + index)
  }
}

const methods = {
  async saturate(options: Painting & { inFlight: number; warmUpMs: number }) {
    return saturate({ ...options, ...(await prepare(options)), answers: 'placements', onAnswered })
  },

  /** `saturate` for the echo of G1. */
  async saturateEcho({ port, ...times }: { port: number; inFlight: number; warmUpMs: number; ms: number }) {
    const echoed = ['as long as a token is'.repeat(6)]
    return saturate({ ...times, ports: [port], tokens: echoed, click: createClicks(wholeBoard, colors), answers: 'echo', onAnswered })
  },

  /** With `mayRefuse` an overloaded server may answer 503: refused pixels are counted, and no watcher is expected to show them. */
  async paint({ mayRefuse = false, ...options }: Painting & { perSecond: number; mayRefuse?: boolean }) {
    const onDue = (point: Click, dueMs: number) => crowd.expect(positionOf(tileSize, point), dueMs)
    let refused = 0
    const onRefused = (point: Click) => {
      refused++
      crowd.drop(positionOf(tileSize, point))
    }
    const rate = await paint({ ...options, ...(await prepare(options)), onDue, onAnswered, ...(mayRefuse ? { onRefused } : {}) })
    return { ...rate, refused }
  },

  async watch({ ports, count, keepBoards }: { ports: readonly number[]; count: number; keepBoards: boolean }) {
    await begin(portOf({ ports }))
    await crowd.watch({ ports, count, keepBoards, board: await readBoard(portOf({ ports })) })
  },

  /** Requests the tokens of the painters before the measurement. */
  prepare: async (options: Painting) => void (await prepare(options)),

  startCounting(_: null) {
    crowd.startCounting()
    return crowd.received()
  },
  received: (_: null) => crowd.received(),
  arrivals: (_: null) => crowd.arrivals(),
  cutAndReturn: (options: { awayMs: number }) => crowd.cutAndReturn(options),

  /** The log, the board, and every watcher's bytes. @throws when anything is lost, doubled or different. */
  async verify({ port, eachPlaceOnce = true }: { port: number; eachPlaceOnce?: boolean }) {
    if (!before) throw new Error('there was no load to verify')
    const verified = await verify({ port, before, answered, eachPlaceOnce })
    await crowd.agreeWith(await readBoard(port))
    return verified
  },

  /** For baselines, which have no log. */
  disorder: (_: null) => ({ ...crowd.disorder(), connected: crowd.connected() }),

  /** Bytes of a whole board as a browser requests it. */
  async wholeBoard({ port }: { port: number }) {
    const connection = new HttpConnection(port)
    await connection.request(boardRequest)
    connection.close()
    return connection.bytesReceived
  },

  rest: ({ ms }: { ms: number }) => wait(ms),
}

export type LoadMethods = typeof methods
answerCalls(methods)

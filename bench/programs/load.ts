/**
 * The load of a benchmark, in a process and on a core of its own: painters and watchers of tile 0, and the judgement of what came
 * of them. Works for whoever started it (`load/calls.ts`).
 */
import { setTimeout as wait } from 'node:timers/promises'
import { positionOf } from '../../lib/geometry.ts'
import { percentile } from '../framework/statistics.ts'
import { Arrivals } from '../load/arrivals.ts'
import { answerCalls } from '../load/calls.ts'
import { type Area, type Click, createClicks } from '../load/clicks.ts'
import { FrameMemo } from '../load/frame-memo.ts'
import { HttpConnection } from '../load/http-connection.ts'
import { type Answered, getTokens, paint, saturate } from '../load/painters.ts'
import { readBoard, readCanvas, verify } from '../load/verify.ts'
import { boardRequest, type KnownBoard, Watcher } from '../load/watcher.ts'

const wholeBoard: Area = { x: 0, y: 0, width: 1_000, height: 1_000 }
const colors = 16
const connectAtOnce = 50
/** How long the last pixel may be under way before it counts as lost. */
const arrivalMs = 10_000

let before: KnownBoard | null = null
let tileSize = 1_024
let clicked = 0
let arrivals: Arrivals | null = null
const answered: Answered[] = []
const watchers: Watcher[] = []

const onAnswered = (each: Answered) => void answered.push(each)

const prepare = async (port: number) => {
  if (before) return before
  tileSize = (await readCanvas(port)).tileSize
  before = await readBoard(port)
  return before
}

/** Clicks go on where the call before has stopped, so that no place is painted twice. */
const clicksFrom = (area: Area): ((index: number) => Click) => {
  const click = createClicks(area, colors)
  return (index) => {
    clicked++
    return click(index + first)
  }
}
let first = 0

const inParts = async <Item>(items: readonly Item[], size: number, act: (item: Item) => Promise<unknown>) => {
  for (let start = 0; start < items.length; start += size) await Promise.all(items.slice(start, start + size).map(act))
}

const sum = (value: (watcher: Watcher) => number) => watchers.reduce((total, watcher) => total + value(watcher), 0)

const methods = {
  async saturate(options: { ports: number[]; inFlight: number; painters: number; warmUpMs: number; ms: number; area?: Area }) {
    const [port = 0] = options.ports
    await prepare(port)
    const tokens = await getTokens(port, options.painters)
    first = clicked
    return saturate({ ...options, tokens, click: clicksFrom(options.area ?? wholeBoard), answers: 'placements', onAnswered })
  },

  /** The same for the baseline. */
  async saturateEcho(options: { port: number; inFlight: number; warmUpMs: number; ms: number }) {
    return saturate({
      ...options,
      ports: [options.port],
      tokens: ['x'.repeat(120)],
      click: createClicks(wholeBoard, colors),
      answers: 'echo',
      onAnswered,
    })
  },

  async paint(options: { ports: number[]; perSecond: number; ms: number; painters: number; area?: Area }) {
    const [port = 0] = options.ports
    await prepare(port)
    const tokens = await getTokens(port, options.painters)
    first = clicked
    const onDue = ({ gx, gy }: Click, dueMs: number) => arrivals?.expect(positionOf(tileSize, { gx, gy }), dueMs)
    return paint({ ...options, tokens, click: clicksFrom(options.area ?? wholeBoard), onDue, onAnswered })
  },

  /** Connects watchers, spread over the ports, and waits until all are joined. */
  async watch({ ports, count, keepBoards }: { ports: number[]; count: number; keepBoards: boolean }) {
    const board = await prepare(ports[0] ?? 0)
    const now = await readBoard(ports[0] ?? 0)
    const cells = board.colors.length
    const memo = new FrameMemo(cells)
    arrivals = new Arrivals({ cells, watchers: count, now: () => performance.now() })
    const fresh = Array.from({ length: count }, (_, index) => {
      const port = ports[index % ports.length] ?? 0
      return new Watcher({
        port,
        memo,
        board: keepBoards ? now.colors.slice() : null,
        epoch: now.epoch,
        seq: now.seq,
        onPixels: (pixels) => arrivals?.arrived(pixels),
      })
    })
    watchers.push(...fresh)
    await inParts(fresh, connectAtOnce, (watcher) => watcher.connect())
  },

  /** Latencies are counted from here. */
  startCounting(_: null) {
    arrivals?.reset()
    return methods.received(null)
  },

  received: (_: null) => ({ bytes: sum((watcher) => watcher.bytesReceived), frames: sum((watcher) => watcher.framesReceived) }),

  /** From when a pixel was due to when the last watcher had decoded it. Waits for those that are under way. */
  async arrivals(_: null) {
    if (!arrivals) throw new Error('nobody watches')
    const deadline = Date.now() + arrivalMs
    while (arrivals.latencies.length < arrivals.due && Date.now() < deadline) await wait(10)
    const { latencies, due, unexpected } = arrivals
    return { due, unexpected, shown: latencies.length, p50Ms: percentile(latencies, 0.5), p99Ms: percentile(latencies, 0.99) }
  },

  /** The log, the board, and every watcher's bytes. @throws when anything is lost, doubled or different. */
  async verify({ port, eachPlaceOnce = true }: { port: number; eachPlaceOnce?: boolean }) {
    if (!before) throw new Error('nothing was done')
    const verified = await verify({ port, before, answered, eachPlaceOnce })
    const board = await readBoard(port)
    const deadline = Date.now() + 10_000
    while (watchers.some(({ seq }) => seq < board.seq) && Date.now() < deadline) await wait(10)
    const behind = watchers.filter(({ seq }) => seq !== board.seq).length
    const different = watchers.filter((watcher) => watcher.board && !Buffer.from(board.colors).equals(watcher.board)).length
    const gaps = sum((watcher) => watcher.gaps)
    const overlaps = sum((watcher) => watcher.overlaps)
    if (behind + different + gaps + overlaps > 0) {
      throw new Error(
        `of ${watchers.length} watchers ${behind} are behind, ${different} show another board; ${gaps} gaps, ${overlaps} frames twice`,
      )
    }
    return verified
  },

  rest: ({ ms }: { ms: number }) => wait(ms),

  /** For baselines, which have no log. */
  agreement(_: null) {
    const newest = Math.max(...watchers.map(({ seq }) => seq))
    return {
      gaps: sum((watcher) => watcher.gaps),
      // One frame may be on its way.
      behind: watchers.filter(({ seq }) => seq < newest - 1).length,
      connected: watchers.filter(({ isConnected }) => isConnected).length,
    }
  },

  /** Bytes of a whole board as a browser asks for it. */
  async wholeBoard({ port }: { port: number }) {
    const connection = new HttpConnection(port)
    await connection.request(boardRequest)
    connection.close()
    return connection.bytesReceived
  },

  /** Cuts every watcher off, waits, and lets all of them come back at once. */
  async cutAndReturn({ awayMs }: { awayMs: number }) {
    for (const watcher of watchers) watcher.cut()
    await wait(awayMs)
    const bytesBefore = sum((watcher) => watcher.bytesReceived)
    const startMs = performance.now()
    const modes = { live: 0, replay: 0, reload: 0 }
    await Promise.all(
      watchers.map(async (watcher) => {
        const { mode, head } = await watcher.connect()
        modes[mode]++
        while (watcher.seq < head) await wait(1)
      }),
    )
    const ms = performance.now() - startMs
    const bytes = sum((watcher) => watcher.bytesReceived) - bytesBefore
    return { ms, bytes, modes }
  },
}

export type LoadMethods = typeof methods
answerCalls(methods)

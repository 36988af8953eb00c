/** How a server grows with its canvas: time to start, memory, disk, and bytes to send. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { packColors } from '../../server/projecting/snapshot-bytes.ts'
import type { RunOptions } from '../framework/bench.ts'
import { Scope } from '../framework/scope.ts'
import { median } from '../framework/statistics.ts'
import { collectedBytes, collectsGarbage } from '../setup/collected-memory.ts'
import { boardBytesOnWire, tryBoard } from '../setup/fetch-board.ts'
import { Fresco } from '../setup/fresco.ts'
import type { Growth } from './growth-result.ts'
import { type PaintedSide, paintSide } from './paint-side.ts'

type Canvas = Growth['canvases'][number]

const everyMs = 3
const deadlineMs = 60_000

const sidesOf = ({ quick }: Pick<RunOptions, 'quick'>) => (quick ? [250, 500] : [250, 500, 1_000, 2_000, 4_000])

/** Requests each board until the server answers with it. Returns the times of the first and the last board after the start of the process. */
const requestAll = async (server: Fresco, { boards }: PaintedSide) => {
  let firstSeconds: number | null = null
  for (const [tile, { colors }] of boards) {
    let served = await tryBoard(server.port, tile)
    while (!served) {
      if (server.child.hasEnded || performance.now() - server.startedMs > deadlineMs) throw server.child.failure(`served no board ${tile}`)
      await wait(everyMs)
      served = await tryBoard(server.port, tile)
    }
    firstSeconds ??= (performance.now() - server.startedMs) / 1_000
    if (!served.equals(colors)) throw new Error(`board ${tile} is not the painted one after a start`)
  }
  return { first: firstSeconds ?? Number.NaN, all: (performance.now() - server.startedMs) / 1_000 }
}

/** A scope that closes early, or with its outer scope after an interrupt. */
const innerScope = (outer: Scope): Scope => {
  const scope = new Scope()
  outer.defer(() => scope.close())
  return scope
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

const measure = async (scope: Scope, { side, quick }: { side: number; quick: boolean }): Promise<Canvas> => {
  const painted = await paintSide(scope, side)
  const { boards, dataDir, env } = painted
  const first: number[] = []
  const all: number[] = []
  const starts = quick ? 1 : 3
  let memory = 0
  let wireBytes = 0
  for (let start = 1; start <= starts; start++) {
    const of = innerScope(scope)
    try {
      // Only the last process measures memory; collecting garbage does not change the time of a start.
      const server = await Fresco.spawn({ scope: of, dataDir, env, nodeArgs: collectsGarbage })
      const seconds = await requestAll(server, painted)
      first.push(seconds.first)
      all.push(seconds.all)
      if (start < starts) continue
      await wait(quick ? 500 : 3_000)
      memory = await collectedBytes(server.child)
      for (const [tile, { colors }] of boards) wireBytes += await boardBytesOnWire(server.port, colors, tile)
    } finally {
      await of.close()
    }
  }
  const snapshots = await Promise.all([...boards.values()].map(({ colors }) => packColors(colors)))
  return {
    side,
    tiles: boards.size,
    paintedPixels: painted.pixels,
    firstBoardSeconds: median(first),
    allBoardsSeconds: median(all),
    residentBytes: memory,
    fileBytes: statSync(join(dataDir, 'fresco.db')).size,
    wireBytes,
    snapshotBytes: sum(snapshots.map(({ length }) => length)),
  }
}

export const growByCanvas = async ({ scope, quick }: RunOptions): Promise<Growth['canvases']> => {
  const canvases: Canvas[] = []
  for (const side of sidesOf({ quick })) {
    const of = innerScope(scope)
    canvases.push(await measure(of, { side, quick }))
    await of.close()
  }
  return canvases
}

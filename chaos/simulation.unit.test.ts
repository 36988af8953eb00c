/**
 * Thousands of short lives, each with its own crashes, freezes, flushes and lost frames. A failure prints its seed, and one
 * seed is one history: `SIMULATION_SEED=123 vitest run chaos` repeats it, `SIMULATION_RUNS=100000` looks further.
 */
import { describe, expect, test } from 'vitest'
import { asSeq } from '../lib/brand.ts'
import type { Store } from '../server/store/port.ts'
import type { EventStream } from '../server/stream/port.ts'
import { checkWorld } from './check.ts'
import { type Mistakes, simulatedCanvas, tileRef, World } from './world.ts'

const firstSeed = Number(process.env['SIMULATION_SEED'] ?? 1)
const runs = process.env['SIMULATION_SEED'] ? 1 : Number(process.env['SIMULATION_RUNS'] ?? 500)

const live = async (seed: number, mistakes?: Mistakes) => {
  const world = new World(seed, mistakes)
  await world.run({ steps: 250 })
  return { world, wrongs: await checkWorld(world) }
}

test(`A2 A3 A4 ${runs} lives from seed ${firstSeed} lose, double and turn around nothing`, { timeout: 600_000 }, async () => {
  const injected: Record<string, number> = {}
  let acknowledged = 0
  for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
    const { world, wrongs } = await live(seed)
    expect(wrongs, `seed ${seed}`).toEqual([])
    acknowledged += world.acknowledged.length
    for (const [fault, count] of Object.entries(world.injected)) injected[fault] = (injected[fault] ?? 0) + count
  }
  expect(acknowledged).toBeGreaterThan(runs * 10)
  if (runs > 10) for (const [fault, count] of Object.entries(injected)) expect(count, fault).toBeGreaterThan(runs / 10)
})

/** How many lives it takes at most to find a planted mistake. */
const patience = 300

const isFound = async (mistakes: Mistakes) => {
  for (let seed = 1; seed <= patience; seed++) {
    const { wrongs } = await live(seed, mistakes)
    if (wrongs.length > 0) return true
  }
  return false
}

/** The port as it is, but for some methods. Methods of a class live on its prototype, so a spread would not do. */
const but = <Port extends object>(port: Port, changed: Partial<Port>): Port =>
  new Proxy(port, {
    get(target, name) {
      const value: unknown = Reflect.get(name in changed ? changed : target, name)
      return typeof value === 'function' ? value.bind(name in changed ? changed : target) : value
    },
  })

describe('a planted mistake is found', () => {
  const planted: Record<string, Mistakes> = {
    'marking before appending': {
      publisher: (_, { store, stream, pause }) => ({
        async step() {
          await store.sequence({ limit: 4 })
          const commits = await store.getUnpublished({ limit: 4 })
          await store.markAsPublished(commits, 1)
          await pause('between')
          await stream.append(commits)
        },
      }),
      store: (store) => but<Store>(store, { readHeads: async () => new Map() }),
    },
    'sequencing by a cursor on time': {
      store(store) {
        let cursor = 0
        return but<Store>(store, {
          async getUnpublished(options) {
            const commits = (await store.getUnpublished(options)).filter((commit) => commit.atMs > cursor)
            cursor = Math.max(cursor, ...commits.map((commit) => commit.atMs))
            return commits
          },
        })
      },
    },
    'a board that still holds unsequenced pixels': {
      store: (store) =>
        but<Store>(store, {
          async readBoard(ref) {
            const board = await store.readBoard(ref)
            for (let position = 0; board && position < 5; position++) {
              const pixel = await store.getPixel({ ...ref, position: position as never })
              if (pixel) board.colors[position] = pixel.color
            }
            return board
          },
        }),
    },
    'a publisher that forgets what a gap hides': {
      stream: (stream) =>
        but<EventStream>(stream, {
          async append(commits) {
            const answers = await stream.append(commits)
            return answers.map((answer) => (answer.kind === 'gap' ? { kind: 'appended' } : answer))
          },
          adopt: async (canvas, epoch) => {
            await stream.adopt(canvas, epoch)
            if (epoch === simulatedCanvas.epoch) await stream.seed({ ...tileRef, epoch, tail: asSeq(0) })
          },
        }),
      store: (store) => but<Store>(store, { readHeads: async () => new Map() }),
    },
    'clients that trust every frame': { clientsTrustEveryFrame: true },
  }
  for (const [name, mistakes] of Object.entries(planted)) {
    test(name, { timeout: 120_000 }, async () => expect(await isFound(mistakes)).toBe(true))
  }
})

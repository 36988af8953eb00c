import { setTimeout as wait } from 'node:timers/promises'
import { type Bench, of, type RunOptions, type Sample } from './framework/bench.ts'
import { createBoard, createPainter, followBoard } from './setup/boards.ts'
import { collectedBytes, collectsGarbage } from './setup/collected-memory.ts'
import { Fresco } from './setup/fresco.ts'

const manyBoards = 64
const watchedBoards = 5
const pixelsPerSecondEach = 20

/** A server that has started with boards that have a pixel each, and that nobody watches. */
const idle = async ({ scope, quick }: RunOptions, boards: number): Promise<Sample> => {
  const painted = await Fresco.start({ scope })
  const place = await createPainter(painted)
  await place('main', 0, 0)
  for (let board = 1; board < boards; board++) {
    await createBoard(painted, `board-${board}`)
    await place(`board-${board}`, 0, 0)
  }
  await painted.child.end('SIGTERM')
  const server = await Fresco.start({ scope, dataDir: painted.dataDir, nodeArgs: collectsGarbage })
  // The first seconds after a start prepare pages.
  await wait(quick ? 3_000 : 10_000)
  const residentMB = (await collectedBytes(server.child)) / 2 ** 20
  const [cpuBefore, startMs] = [server.cpuSeconds, performance.now()]
  await wait(quick ? 5_000 : 20_000)
  const cpuPercent = ((server.cpuSeconds - cpuBefore) * 100_000) / (performance.now() - startMs)
  return { residentMB, cpuPercent }
}

/** Five boards are painted at once. @throws if a watcher of one board gets a pixel of another one, or not each of its own once. */
const painted = async ({ scope, quick }: RunOptions): Promise<Sample> => {
  const server = await Fresco.start({ scope })
  const ids = ['main', ...Array.from({ length: watchedBoards - 1 }, (_, index) => `board-${index + 1}`)]
  for (const id of ids.slice(1)) await createBoard(server, id)
  const followers = await Promise.all(ids.map(async (id) => ({ id, ...(await followBoard(server, id)) })))
  const place = await createPainter(server)
  const count = pixelsPerSecondEach * (quick ? 3 : 10)
  const [cpuBefore, startMs] = [server.cpuSeconds, performance.now()]
  const answers: Promise<unknown>[] = []
  for (let index = 0; index < count; index++) {
    for (const id of ids) answers.push(place(id, index % 1_000, Math.floor(index / 1_000)))
    await wait(Math.max(0, startMs + ((index + 1) * 1_000) / pixelsPerSecondEach - performance.now()))
  }
  await Promise.all(answers)
  const deadline = Date.now() + 10_000
  while (followers.some(({ received }) => received.length < count) && Date.now() < deadline) await wait(20)
  const cpuPercent = ((server.cpuSeconds - cpuBefore) * 100_000) / (performance.now() - startMs)
  for (const { id, received, close } of followers) {
    close()
    const own = new Set(received.filter(({ canvas }) => canvas === id).map(({ gx, gy }) => `${gx},${gy}`))
    if (own.size !== count || received.length !== count)
      throw new Error(`${id}: ${received.length} pixels, ${own.size} of ${count} its own`)
  }
  return { cpuPercent, pixels: count * ids.length }
}

const perBoard = (many: number, one: number) => Math.max(0, many - one) / (manyBoards - 1)

export const g18: Bench = {
  id: 'g18',
  title: 'Idle boards, and five boards painted at once',
  method: `${manyBoards} boards of 1000 × 1000 pixels less one board. Each watcher of five painted boards gets the pixels of its own only.`,
  figures: [
    { id: 'memory', what: 'memory per idle board', unit: 'MB', better: 'less', pass: 0.5, best: 0.1 },
    { id: 'cpu', what: 'CPU per idle board', unit: '%', better: 'less', pass: 0.1, best: 0.02 },
    { id: 'painted', what: `CPU, five boards at ${pixelsPerSecondEach} px/s each`, unit: '%', better: 'less', pass: 40, best: 20 },
  ],
  sides: [
    { name: 'one', run: (run) => idle(run, 1) },
    { name: 'many', run: (run) => idle(run, manyBoards) },
    { name: 'five', run: painted },
  ],
  derive: (samples) => ({
    memory: perBoard(of(samples, 'many', 'residentMB'), of(samples, 'one', 'residentMB')),
    cpu: perBoard(of(samples, 'many', 'cpuPercent'), of(samples, 'one', 'cpuPercent')),
    painted: of(samples, 'five', 'cpuPercent'),
  }),
}

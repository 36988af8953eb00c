import { type Bench, of, type RunOptions, type Sample } from './framework/bench.ts'
import { createBoard, deleteBoard, isErasing } from './setup/boards.ts'
import { Fresco } from './setup/fresco.ts'
import { startLoad } from './setup/load.ts'
import { upload } from './setup/painted.ts'
import { benchPicture } from './setup/picture.ts'
import { startServices } from './setup/services.ts'

const pixelsPerSecond = 500

/** Paints one board before and while another one with a million pixels is deleted. */
const besideDeletion = async ({ scope, quick }: RunOptions, env: Readonly<Record<string, string>>): Promise<Sample> => {
  const server = await Fresco.start({ scope, env })
  await createBoard(server, 'large')
  await upload(server, { png: benchPicture().png, gx: 0, gy: 0, canvas: 'large' })
  const load = startLoad(scope)
  const painting = { ports: [server.port], perSecond: pixelsPerSecond, painters: 64 }
  await load.call('paint', { ...painting, ms: 3_000 })
  const before = await load.call('paint', { ...painting, ms: quick ? 10_000 : 20_000 })
  const residentBefore = server.residentBytes
  await deleteBoard(server, 'large')
  const during = await load.call('paint', { ...painting, ms: quick ? 20_000 : 60_000 })
  const isStillErasing = await isErasing(server, 'large')
  await load.call('verify', { port: server.port })
  return {
    p50: during.p50Ms / before.p50Ms,
    p99: during.p99Ms / before.p99Ms,
    p99BeforeMs: before.p99Ms,
    p99DuringMs: during.p99Ms,
    grownMB: (server.residentBytes - residentBefore) / 2 ** 20,
    isStillErasing: Number(isStillErasing),
  }
}

export const g19: Bench = {
  id: 'g19',
  title: 'A board with a million pixels is deleted while another one is painted',
  method: `At ${pixelsPerSecond} px/s on the other board. Every acknowledged pixel is in its log.`,
  needs: ['mongo', 'redis'],
  figures: [
    { id: 'p50', what: 'p50 of the POST during ÷ before, embedded', unit: '×', better: 'less', pass: 2, best: 1.2 },
    { id: 'p99', what: 'p99 of the POST during ÷ before, embedded', unit: '×', better: 'less', pass: 2, best: 1.2 },
    { id: 'grown', what: 'more memory during the deletion, embedded', unit: 'MB', better: 'less', pass: 64, best: 16 },
    { id: 'p50Services', what: 'p50 of the POST during ÷ before, MongoDB and Redis', unit: '×', better: 'less', pass: 2, best: 1.2 },
    { id: 'p99Services', what: 'p99 of the POST during ÷ before, MongoDB and Redis', unit: '×', better: 'less', pass: 2, best: 1.2 },
    { id: 'grownServices', what: 'more memory during the deletion, MongoDB and Redis', unit: 'MB', better: 'less', pass: 64, best: 16 },
  ],
  sides: [
    { name: 'embedded', run: (run) => besideDeletion(run, {}) },
    { name: 'services', run: async (run) => besideDeletion(run, await startServices(run.scope)) },
  ],
  derive: (samples) => ({
    p50: of(samples, 'embedded', 'p50'),
    p99: of(samples, 'embedded', 'p99'),
    grown: of(samples, 'embedded', 'grownMB'),
    p50Services: of(samples, 'services', 'p50'),
    p99Services: of(samples, 'services', 'p99'),
    grownServices: of(samples, 'services', 'grownMB'),
  }),
}

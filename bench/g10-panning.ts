import { type Bench, of, type RunOptions, type Sample } from './framework/bench.ts'
import { openCanvas, panFor } from './setup/browser.ts'
import { serverCore } from './setup/cores.ts'
import { Fresco } from './setup/fresco.ts'
import { startLoad } from './setup/load.ts'
import { paintedBoard, pictureOrigin } from './setup/painted.ts'

const pixelsPerSecond = 1_000

const panOn = async (run: RunOptions, side: number): Promise<Sample> => {
  const { scope, quick } = run
  const { dataDir, env } = await paintedBoard(side)
  const server = await Fresco.start({ scope, dataDir, env })
  const origin = pictureOrigin(side)
  const page = await openCanvas(scope, { url: server.url, center: side / 2 })
  // On the server's core: the browser uses the other one.
  const load = startLoad(scope, serverCore)
  const ms = quick ? 3_000 : 8_000
  const area = { x: origin, y: origin, width: 1_000, height: 1_000 }
  const painting = load.call('paint', { ports: [server.port], perSecond: pixelsPerSecond, ms: ms + 2_000, painters: 64, area })
  painting.catch(() => undefined)
  await load.call('rest', { ms: 1_000 })
  const panned = await panFor(page, ms)
  const { answers } = await painting
  await page.shows(server)
  return { ...panned, painted: answers }
}

export const g10: Bench = {
  id: 'g10',
  title: 'Frame time while panning a 4000 × 4000 board ÷ a 1000 × 1000 board',
  method: 'In Chromium with software rendering, under 1,000 px/s.',
  needs: ['chromium'],
  figures: [
    { id: 'ratio', what: 'frame time at 4000² ÷ at 1000²', unit: '×', better: 'less', pass: 1.5, best: 1.1 },
    { id: 'script', what: 'script time per frame at 4000²', unit: 'ms', better: 'less', pass: 4, best: 2 },
  ],
  sides: [
    { name: '1000²', run: (run) => panOn(run, 1_000) },
    { name: '4000²', run: (run) => panOn(run, 4_000) },
  ],
  derive: (samples) => ({
    ratio: of(samples, '4000²', 'frameMs') / of(samples, '1000²', 'frameMs'),
    script: of(samples, '4000²', 'scriptMs'),
  }),
}

import { withTemplates } from '../e2e/support/templates.ts'
import { type Bench, of, type RunOptions, type Sample } from './framework/bench.ts'
import { openCanvas, panFor } from './setup/browser.ts'
import { Fresco } from './setup/fresco.ts'
import { paintedBoard, pictureOrigin } from './setup/painted.ts'

const side = 1_000
/** Together they cover the window. */
const templateSide = 400

const templates = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    name: `Template ${i}`,
    x: pictureOrigin(side) + 200 + i * 50,
    y: pictureOrigin(side) + 200 + i * 50,
    rows: Array.from({ length: templateSide }, (_, y) => Array.from({ length: templateSide }, (_, x) => (x * 7 + y * 3 + i) % 16)),
  }))

const panWith = async ({ scope, quick }: RunOptions, count: number): Promise<Sample> => {
  const { dataDir, env } = await paintedBoard(side)
  const server = await Fresco.start({ scope, dataDir, env })
  const page = await openCanvas(scope, {
    url: server.url,
    center: side / 2,
    zoom: 8,
    prepare: (page) => withTemplates(server.url, templates(count))(page),
  })
  await page.page.waitForFunction(
    (expected) => Object.keys((globalThis as { __fresco?: { templates(): object } }).__fresco?.templates() ?? {}).length === expected,
    count,
  )
  return panFor(page, quick ? 3_000 : 8_000)
}

export const g20: Bench = {
  id: 'g20',
  title: 'Frame time while panning with five templates ÷ with none',
  method: 'In Chromium with software rendering, at 8 px a cell, where every cell in view has a mark.',
  needs: ['chromium'],
  figures: [
    { id: 'ratio', what: 'frame time with five ÷ with none', unit: '×', better: 'less', pass: 1.2, best: 1.05 },
    { id: 'script', what: 'script time per frame with five', unit: 'ms', better: 'less', pass: 4, best: 2 },
  ],
  sides: [
    { name: 'none', run: (run) => panWith(run, 0) },
    { name: 'five', run: (run) => panWith(run, 5) },
  ],
  derive: (samples) => ({
    ratio: of(samples, 'five', 'frameMs') / of(samples, 'none', 'frameMs'),
    script: of(samples, 'five', 'scriptMs'),
  }),
}

/** The canvas page in a real Chromium, on the core of the process that starts it. */
import { setTimeout as wait } from 'node:timers/promises'
import { type CDPSession, chromium, type Page } from '@playwright/test'
import type { AutomationHandle } from '../../components/canvas/automation-handle.ts'
import { BenchFailure } from '../framework/bench.ts'
import type { Scope } from '../framework/scope.ts'
import { readBoard } from '../load/verify.ts'
import type { Fresco } from './fresco.ts'
import { chromiumPath } from './needs.ts'

type PageGlobal = { __fresco?: AutomationHandle; __frames?: number[] }

const dragRadius = 150

export interface CanvasTab {
  readonly page: Page
  readonly devtools: CDPSession
  /** Waits until the page shows the API's bytes of each of its tiles. @throws after ten seconds. */
  shows(server: Fresco): Promise<void>
}

interface OpenOptions {
  readonly url: string
  readonly center: number
  readonly zoom?: number
  /** Runs before the page is opened. */
  readonly prepare?: (page: Page) => Promise<void>
}

export const openCanvas = async (scope: Scope, { url, center, zoom = 2, prepare }: OpenOptions): Promise<CanvasTab> => {
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  scope.defer(() => browser.close())
  const page = await browser.newPage({ viewport: { width: 1_280, height: 800 } })
  await prepare?.(page)
  await page.goto(`${url}/#x=${center}&y=${center}&z=${zoom}`)
  await page.waitForFunction(() => (globalThis as PageGlobal).__fresco?.connection() === 'live')
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Performance.enable')
  return { page, devtools, shows: (server) => shows(page, server) }
}

const shows = async (page: Page, server: Fresco) => {
  const deadline = Date.now() + 10_000
  for (;;) {
    const tiles = await loadedTiles(page)
    if (tiles.length === 0) throw new BenchFailure('The page shows no tile.')
    const same = await Promise.all(tiles.map(async ({ tile, bytes }) => bytes.equals((await readBoard(server.port, tile)).colors)))
    if (same.every(Boolean)) return
    if (Date.now() > deadline)
      throw new Error(`${same.filter((isSame) => !isSame).length} of ${same.length} tiles show other bytes than the API`)
    await wait(200)
  }
}

/** Tiles of a board of up to 4 × 4. */
const loadedTiles = async (page: Page) => {
  const shown = await page.evaluate(() => {
    const tiles: [number, string][] = []
    for (let y = 0; y < 4; y++) {
      for (let x = 0; x < 4; x++) {
        const bytes = (globalThis as PageGlobal).__fresco?.bytes(y * 256 + x)
        if (bytes) tiles.push([y * 256 + x, Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')])
      }
    }
    return tiles
  })
  return shown.map(([tile, text]) => ({ tile, bytes: Buffer.from(text, 'latin1') }))
}

const metric = async (devtools: CDPSession, name: string) => {
  const { metrics } = await devtools.send('Performance.getMetrics')
  const found = metrics.find((each) => each.name === name)
  if (!found) throw new BenchFailure(`Chromium does not report ${name}.`)
  return found.value
}

/** Drags in circles for a time, and counts the drawn frames. */
export const panFor = async ({ page, devtools }: CanvasTab, ms: number) => {
  const center = { x: 640, y: 400 }
  await page.mouse.move(center.x + dragRadius, center.y)
  await page.mouse.down()
  await page.evaluate(() => {
    const frames: number[] = []
    ;(globalThis as PageGlobal).__frames = frames
    const note = (time: number) => {
      frames.push(time)
      requestAnimationFrame(note)
    }
    requestAnimationFrame(note)
  })
  const before = await page.evaluate(() => JSON.stringify((globalThis as PageGlobal).__fresco?.view()))
  const scriptBefore = await metric(devtools, 'ScriptDuration')
  const endMs = performance.now() + ms
  for (let step = 0; performance.now() < endMs; step++) {
    await page.mouse.move(center.x + dragRadius * Math.cos(step / 20), center.y + dragRadius * Math.sin(step / 20))
    await wait(5)
  }
  const scriptMs = ((await metric(devtools, 'ScriptDuration')) - scriptBefore) * 1_000
  const frames = await page.evaluate(() => (globalThis as PageGlobal).__frames ?? [])
  const after = await page.evaluate(() => JSON.stringify((globalThis as PageGlobal).__fresco?.view()))
  await page.mouse.up()
  const [first, last] = [frames[0], frames.at(-1)]
  if (first === undefined || last === undefined || frames.length < 10) throw new BenchFailure(`Only ${frames.length} frames were drawn.`)
  if (before === after) throw new BenchFailure('Dragging did not move the view.')
  const times = frames.slice(1).map((time, index) => time - (frames[index] as number))
  return {
    frames: frames.length,
    frameMs: (last - first) / (frames.length - 1),
    slowestMs: Math.max(...times),
    scriptMs: scriptMs / frames.length,
  }
}

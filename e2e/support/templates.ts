/** Templates that a browser has saved before the page is opened. */
import type { Page } from '@playwright/test'
import { decode } from 'fast-png'
import type { Tab } from './fixtures.ts'

export interface SavedTemplate {
  readonly name: string
  readonly x: number
  readonly y: number
  /** A palette index for each cell, and -1 for a transparent one. */
  readonly rows: readonly (readonly number[])[]
  readonly look?: 'ghost' | 'dots-small' | 'dots-medium' | 'dots-large' | 'symbols'
  readonly opacity?: number
}

/** Writes into the database of the page's origin, which must be open already. */
const writeTemplates = async ({ templates, palette }: { templates: readonly SavedTemplate[]; palette: readonly string[] }) => {
  const opening = indexedDB.open('fresco-templates', 1)
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore('settings', { keyPath: ['canvasId', 'id'] }).createIndex('canvasId', 'canvasId')
    opening.result.createObjectStore('pictures')
  }
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    opening.onsuccess = () => resolve(opening.result)
    opening.onerror = () => reject(opening.error)
  })
  const writing = database.transaction(['settings', 'pictures'], 'readwrite')
  for (const [order, { name, x, y, rows, look = 'ghost', opacity = 0.5 }] of templates.entries()) {
    const [id, pictureId] = [`template${order}`, `picture${order}`]
    const cells = Uint16Array.from(rows.flat(), (cell) => (cell < 0 ? 0xffff : cell))
    writing.objectStore('pictures').put({ width: rows[0]?.length ?? 0, height: rows.length, cells }, pictureId)
    const settings = { canvasId: 'main', version: 1, order, pictureId, palette, id, name, x, y, look, opacity }
    writing.objectStore('settings').put({ ...settings, source: { kind: 'device' }, isLocked: true, isVisible: true })
  }
  await new Promise<void>((resolve, reject) => {
    writing.oncomplete = () => resolve()
    writing.onabort = () => reject(writing.error)
  })
  database.close()
  localStorage.setItem('fresco.boards', JSON.stringify({ main: { hasTemplates: true } }))
}

/** For `prepare` of `openTab`. The first template is the topmost one. */
export const withTemplates = (url: string, templates: readonly SavedTemplate[]) => async (page: Page) => {
  const { palette } = (await (await fetch(`${url}/api/canvases/main`)).json()) as { palette: string[] }
  await page.goto(`${url}/api/canvases/main`)
  await page.evaluate(writeTemplates, { templates, palette })
}

/** Reads colors of the board from a screenshot. The pointer rests on the board's edge. */
export const boardColors = async (tab: Tab) => {
  await tab.page.mouse.move(2, 420)
  const { data, width, channels } = decode(await tab.page.screenshot())
  const { zoom } = await tab.view()
  return {
    /** `dx` and `dy`: parts of a cell's width from its middle. */
    at: async (gx: number, gy: number, dx = 0, dy = 0) => {
      const { x, y } = await tab.pointOf(gx, gy)
      const start = (Math.floor(y + dy * zoom) * width + Math.floor(x + dx * zoom)) * channels
      return [...data.slice(start, start + 3)]
    },
  }
}

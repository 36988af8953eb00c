/** Starts what follows the templates of a board: the saved list, and what draws and counts them. */
import { remember } from '../board-memory.ts'
import type { CanvasInfo, Session } from '../session/types.ts'
import { ImportClient } from './import-client.ts'
import { LinkedTemplates } from './linked/linked-templates.ts'
import { PlacingDock } from './PlacingDock.tsx'
import { PlacingOverlay } from './PlacingOverlay.tsx'
import { TemplateImports } from './template-imports.ts'
import type { TemplateParts } from './template-loader.ts'
import { newKey, openTemplateShelf } from './template-shelf.ts'
import { TemplateStore } from './template-store.ts'
import { TemplateView } from './template-view.ts'

const canvasOf = (session: Session): Promise<CanvasInfo> =>
  new Promise((resolve) => {
    const { canvas } = session.store.getState()
    if (canvas) return resolve(canvas)
    const stop = session.store.subscribe((state) => {
      if (!state.canvas) return
      stop()
      resolve(state.canvas)
    })
  })

/** CSS pixels that the dock of an upright phone covers. */
const coveredBelow = () => {
  const dock = document.querySelector('[data-dock="sheet"]')
  return dock ? Math.max(0, innerHeight - dock.getBoundingClientRect().top) : 0
}

export const startTemplates = async (parts: TemplateParts) => {
  const { engine, session, ui, canvasId } = parts
  const canvas = await canvasOf(session)
  const shelf = await openTemplateShelf(canvasId).catch(() => null)
  const pages = new BroadcastChannel(`fresco-templates-${canvasId}`)
  const store = new TemplateStore({ shelf, palette: canvas.palette, onSaved: () => pages.postMessage('saved') })
  pages.onmessage = () => void store.reload()
  const client = new ImportClient()
  const stops = [
    session.store.subscribe((state) => state.canvas && store.setPalette(state.canvas.palette)),
    store.state.subscribe(({ isLoaded, templates }) => {
      const hasTemplates = templates.length > 0
      if (isLoaded && hasTemplates !== (ui.getState().memory.hasTemplates ?? false)) remember(ui, canvasId, { hasTemplates })
    }),
    () => client.stop(),
    () => void store.close().then(() => pages.close()),
  ]
  const imports = new TemplateImports({
    store,
    request: (request) => client.request(request),
    board: () => session.store.getState().canvas ?? canvas,
    middle: () => {
      const { centerX, centerY, zoom } = engine.view()
      return { x: centerX, y: centerY - coveredBelow() / 2 / zoom }
    },
  })
  await store.reload()
  const view = new TemplateView({ ...parts, store })
  stops.push(() => view.dispose())
  const linked = followLinks(parts, store)
  stops.push(() => linked.dispose())
  return {
    store,
    view,
    linked,
    imports,
    placing: { Overlay: PlacingOverlay, Dock: PlacingDock },
    stop: () => {
      for (const stop of stops) stop()
    },
  }
}

const followLinks = ({ session, canvasId }: TemplateParts, store: TemplateStore) =>
  new LinkedTemplates({
    session,
    store,
    canvasId,
    newId: newKey,
    isHidden: () => document.hidden,
    timers: { set: (callback, delayMs) => window.setTimeout(callback, delayMs), clear: (timer) => window.clearTimeout(timer) },
  })

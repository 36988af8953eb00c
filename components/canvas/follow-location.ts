/** Writes the location of the view to the page's address, and shows the location of a changed address. */
import type { CanvasEngine } from './engine/types.ts'
import { locationHash, parseLocationHash } from './location-hash.ts'
import type { UiStore } from './ui-store.ts'

/** The address is written once the view has been still for this long. Browsers refuse more than about 100 writes in ten seconds. */
const writeAfterMs = 1_000

export const followLocation = (engine: CanvasEngine, ui: UiStore): (() => void) => {
  let timer: ReturnType<typeof setTimeout> | null = null
  let written = location.hash

  const go = () => {
    const target = parseLocationHash(location.hash)
    if (target) engine.centerOn(target)
    else engine.fit()
  }
  const write = () => {
    const { centerX, centerY, zoom } = engine.view()
    written = locationHash({ x: centerX, y: centerY, zoom })
    if (written !== location.hash) history.replaceState(history.state, '', written)
  }
  const onHashChange = () => {
    if (location.hash !== written) go()
  }

  go()
  addEventListener('hashchange', onHashChange)
  let before = engine.view()
  const stop = ui.subscribe(() => {
    const view = engine.view()
    if (view.centerX === before.centerX && view.centerY === before.centerY && view.zoom === before.zoom) return
    before = view
    if (timer) clearTimeout(timer)
    timer = setTimeout(write, writeAfterMs)
  })
  return () => {
    if (timer) clearTimeout(timer)
    stop()
    removeEventListener('hashchange', onHashChange)
  }
}

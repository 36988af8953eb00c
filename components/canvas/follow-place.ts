/** Keeps the place in the address true, and goes where an address points. */
import type { CanvasEngine } from './engine/types.ts'
import { parsePlace, placeHash } from './place-hash.ts'
import type { UiStore } from './ui-store.ts'

/** Browsers refuse to write the address more often than about a hundred times in ten seconds. */
const writeEveryMs = 300

export const followPlace = (engine: CanvasEngine, ui: UiStore): (() => void) => {
  let timer: ReturnType<typeof setTimeout> | null = null
  let written = location.hash

  const go = () => {
    const place = parsePlace(location.hash)
    if (place) engine.centerOn(place)
    else engine.fit()
  }
  const write = () => {
    timer = null
    const { centerX, centerY, zoom } = engine.view()
    written = placeHash({ x: centerX, y: centerY, zoom })
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
    timer ??= setTimeout(write, writeEveryMs)
  })
  return () => {
    if (timer) clearTimeout(timer)
    stop()
    removeEventListener('hashchange', onHashChange)
  }
}

/** Keeps the place in the address true, and goes where an address points. */
import type { CanvasEngine } from './engine/types.ts'
import { parsePlace, placeHash } from './place-hash.ts'
import type { UiStore } from './ui-store.ts'

/** When the view has come to rest. Whatever watches the address renders at each write, and browsers refuse more than about a hundred in ten seconds. */
const writeAfterMs = 1_000

export const followPlace = (engine: CanvasEngine, ui: UiStore): (() => void) => {
  let timer: ReturnType<typeof setTimeout> | null = null
  let written = location.hash

  const go = () => {
    const place = parsePlace(location.hash)
    if (place) engine.centerOn(place)
    else engine.fit()
  }
  const write = () => {
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
    if (timer) clearTimeout(timer)
    timer = setTimeout(write, writeAfterMs)
  })
  return () => {
    if (timer) clearTimeout(timer)
    stop()
    removeEventListener('hashchange', onHashChange)
  }
}

/** Writes the place of the view to the address, and shows the place of a new address. */
import type { CanvasEngine } from './engine/types.ts'
import { parsePlace, placeHash } from './place-hash.ts'
import type { UiStore } from './ui-store.ts'

/** The address is written once the view has been still for this long. Browsers refuse more than about 100 writes in ten seconds. */
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

/**
 * Writes the location of the view to the fragment of the page's address, and shows the location of a changed address. A link has its
 * location in the query. It is used once: the first write removes it.
 */
import { type BoardLocation, locationParameters, parseLocation, withoutLocation } from '../../lib/board-location.ts'
import type { CanvasEngine } from './engine/types.ts'
import type { UiStore } from './ui-store.ts'

/** The address is written once the view has been still for this long. Browsers refuse more than about 100 writes in ten seconds. */
const writeAfterMs = 1_000

const inQuery = () => parseLocation(new URLSearchParams(location.search))
const inFragment = () => parseLocation(new URLSearchParams(location.hash.slice(1)))

export const followLocation = (engine: CanvasEngine, ui: UiStore): (() => void) => {
  let timer: ReturnType<typeof setTimeout> | null = null
  let written = location.hash

  const go = (target: BoardLocation | null) => {
    if (target) engine.centerOn(target)
    else engine.fit()
  }
  const write = () => {
    const { centerX, centerY, zoom } = engine.view()
    written = `#${locationParameters({ x: centerX, y: centerY, zoom })}`
    const search = inQuery() ? withoutLocation(location.search) : location.search
    if (written !== location.hash || search !== location.search)
      history.replaceState(history.state, '', location.pathname + search + written)
  }
  const onHashChange = () => {
    if (location.hash !== written) go(inFragment())
  }

  go(inQuery() ?? inFragment())
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

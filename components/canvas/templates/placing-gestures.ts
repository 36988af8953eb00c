/** What pointers do while a template is placed: they move it where they grab it, and else the board. Two fingers zoom. */
import type { CanvasEngine } from '../engine/types.ts'
import type { TemplateImports } from './template-imports.ts'
import type { TemplateStore } from './template-store.ts'

interface Options {
  readonly engine: CanvasEngine
  readonly board: HTMLElement
  readonly store: TemplateStore
  readonly imports: TemplateImports
  readonly onMoved: () => void
}

interface Spot {
  readonly x: number
  readonly y: number
}

type Drag =
  | { readonly kind: 'template' | 'board'; readonly start: Spot; readonly from: Spot }
  | { readonly kind: 'pinch'; readonly anchor: Spot; readonly distance: number; readonly zoom: number }

export const listenWhilePlacing = (element: HTMLElement, { engine, board, store, imports, onMoved }: Options): (() => void) => {
  const stop = new AbortController()
  const pointers = new Map<number, Spot>()
  let drag: Drag | null = null

  const boardPoint = ({ x, y }: Spot): Spot => {
    const { centerX, centerY, zoom } = engine.view()
    return { x: centerX + (x - innerWidth / 2) / zoom, y: centerY + (y - innerHeight / 2) / zoom }
  }
  const isOnTemplate = (spot: Spot) => {
    const { draft } = store.state.getState()
    const { x, y } = boardPoint(spot)
    return draft !== null && x >= draft.x && y >= draft.y && x < draft.x + draft.picture.width && y < draft.y + draft.picture.height
  }
  const begin = () => {
    const [first, second] = [...pointers.values()]
    const { centerX, centerY, zoom } = engine.view()
    const { draft } = store.state.getState()
    if (first && second) {
      drag = { kind: 'pinch', anchor: boardPoint(middle(first, second)), distance: Math.max(8, distance(first, second)), zoom }
    } else if (first && draft && isOnTemplate(first)) drag = { kind: 'template', start: first, from: { x: draft.x, y: draft.y } }
    else drag = first ? { kind: 'board', start: first, from: { x: centerX, y: centerY } } : null
  }
  const move = () => {
    const [first, second] = [...pointers.values()]
    if (!drag || !first) return
    if (drag.kind === 'pinch') {
      if (!second) return
      const zoom = (drag.zoom * Math.max(8, distance(first, second))) / drag.distance
      engine.centerOn({ ...drag.anchor, zoom })
      // The zoom may have reached its limit.
      const now = engine.view().zoom
      const at = middle(first, second)
      return engine.centerOn({
        x: drag.anchor.x - (at.x - innerWidth / 2) / now,
        y: drag.anchor.y - (at.y - innerHeight / 2) / now,
        zoom: now,
      })
    }
    const { zoom } = engine.view()
    const by = { x: (first.x - drag.start.x) / zoom, y: (first.y - drag.start.y) / zoom }
    if (drag.kind === 'template') imports.moveTo({ x: drag.from.x + by.x, y: drag.from.y + by.y })
    else engine.centerOn({ x: drag.from.x - by.x, y: drag.from.y - by.y })
  }
  const end = (event: PointerEvent) => {
    if (!pointers.delete(event.pointerId)) return
    if (drag?.kind === 'template') onMoved()
    begin()
  }

  const listen = (type: string, listener: (event: PointerEvent) => void) =>
    element.addEventListener(type, listener as EventListener, { signal: stop.signal })
  listen('pointerdown', (event) => {
    if (event.target !== element || event.button > 1 || pointers.size > 1) return
    element.setPointerCapture(event.pointerId)
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY })
    begin()
  })
  listen('pointermove', (event) => {
    const spot = { x: event.clientX, y: event.clientY }
    if (pointers.size === 0) element.style.cursor = isOnTemplate(spot) ? 'move' : 'grab'
    if (!pointers.has(event.pointerId)) return
    pointers.set(event.pointerId, spot)
    move()
  })
  listen('pointerup', end)
  listen('pointercancel', end)
  element.addEventListener('contextmenu', (event) => event.preventDefault(), { signal: stop.signal })
  element.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault()
      board.dispatchEvent(new WheelEvent('wheel', event))
    },
    { signal: stop.signal, passive: false },
  )
  return () => stop.abort()
}

const distance = (a: Spot, b: Spot) => Math.hypot(a.x - b.x, a.y - b.y)
const middle = (a: Spot, b: Spot): Spot => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 })

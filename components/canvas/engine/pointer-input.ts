/**
 * Turns DOM events on the board into gestures, wheel meanings and hover positions for the active tool. It has the listeners, the
 * pointer capture and the timer of the long press.
 */
import { type ScreenPoint, screenPoint } from './camera.ts'
import { type PointerAction, type PointerState, type PointerStepInput, pointerStep } from './drawing.ts'
import { idleGesture, type PointerKind } from './gestures.ts'
import { PalmFilter } from './palm-filter.ts'
import { SafariPinch } from './safari-pinch.ts'
import { WheelClassifier, type WheelMeaning } from './wheel.ts'

export interface PointerInputEvents {
  /** Whether the first pointer draws. */
  readonly draws: () => boolean
  /** Whether a stroke is being drawn, also by the keyboard. */
  readonly isDrawing: () => boolean
  readonly onGesture: (action: PointerAction) => void
  readonly onWheel: (meaning: WheelMeaning, at: ScreenPoint) => void
  /** Null when the pointer has left, or when a finger is down. `before`: earlier positions since the last call. */
  readonly onHover: (at: ScreenPoint | null, before?: readonly ScreenPoint[]) => void
  /** The secondary button of the mouse. */
  readonly onSecondary: (at: ScreenPoint) => void
  /** The middle button of the mouse, or a click with Alt. */
  readonly onPick: (at: ScreenPoint) => void
}

const kindOf = (event: PointerEvent): PointerKind =>
  event.pointerType === 'touch' ? 'touch' : event.pointerType === 'pen' ? 'pen' : 'mouse'

const middleButton = 1

const picks = ({ button, altKey, ctrlKey }: PointerEvent) => button === middleButton || (button === 0 && altKey && !ctrlKey)

const pointOn = (board: HTMLElement, event: MouseEvent) => {
  const box = board.getBoundingClientRect()
  return screenPoint(event.clientX - box.left, event.clientY - box.top)
}

/** What the browser has collected since the last event, without the event itself. Only secure origins have it, so a server in a local network often does not. */
const coalescedBefore = (board: HTMLElement, event: PointerEvent): ScreenPoint[] =>
  event
    .getCoalescedEvents?.()
    .slice(0, -1)
    .map((each) => pointOn(board, each)) ?? []

/** Returns the function that ends listening. */
export const listenToPointers = (board: HTMLElement, events: PointerInputEvents): (() => void) => {
  const stop = new AbortController()
  const palms = new PalmFilter()
  let state: PointerState = idleGesture
  let longPress: ReturnType<typeof setTimeout> | undefined

  const feed = (input: PointerStepInput) => {
    const step = pointerStep(state, input, events.draws())
    state = step.state
    clearTimeout(longPress)
    if (state.phase === 'pressed' && state.longPressAtMs !== null && 'timeMs' in input) {
      const dueMs = state.longPressAtMs
      longPress = setTimeout(() => feed({ type: 'time', timeMs: dueMs }), Math.max(0, dueMs - input.timeMs))
    }
    board.style.cursor = state.phase === 'panning' ? 'grabbing' : 'crosshair'
    for (const action of step.actions) events.onGesture(action)
  }
  const hover = (event: PointerEvent, before: readonly ScreenPoint[] = []) => {
    if (event.pointerType === 'touch' || (state.phase === 'panning' && !events.isDrawing())) return
    events.onHover(pointOn(board, event), before)
  }
  const on = <Name extends keyof HTMLElementEventMap>(name: Name, listener: (event: HTMLElementEventMap[Name]) => void) =>
    board.addEventListener(name, listener, { signal: stop.signal, passive: false })

  on('pointerdown', (event) => {
    const kind = kindOf(event)
    if (kind !== 'touch' && picks(event) && state.phase === 'idle') return events.onPick(pointOn(board, event))
    // On a Mac, Ctrl and a click is the secondary button.
    if (kind === 'mouse' && (event.button !== 0 || event.ctrlKey)) return
    const { counts, palms: found } = palms.down(event.pointerId, kind)
    for (const id of found) feed({ type: 'palm', id, timeMs: event.timeStamp })
    if (!counts) return
    board.setPointerCapture(event.pointerId)
    if (kind === 'touch') events.onHover(null)
    feed({ type: 'down', id: event.pointerId, kind, at: pointOn(board, event), timeMs: event.timeStamp })
  })
  // Browsers start to scroll by themselves at a middle click.
  on('mousedown', (event) => {
    if (event.button === middleButton) event.preventDefault()
  })
  on('pointermove', (event) => {
    if (palms.isPalm(event.pointerId)) return
    const before = events.isDrawing() ? coalescedBefore(board, event) : []
    feed({ type: 'move', id: event.pointerId, at: pointOn(board, event), timeMs: event.timeStamp, before })
    hover(event, before)
  })
  on('pointerup', (event) => {
    if (kindOf(event) === 'mouse' && event.button !== 0) return
    const isPalm = palms.isPalm(event.pointerId)
    palms.gone(event.pointerId)
    if (isPalm) return
    feed({ type: 'up', id: event.pointerId, at: pointOn(board, event), timeMs: event.timeStamp })
    hover(event)
  })
  on('pointercancel', (event) => {
    palms.gone(event.pointerId)
    feed({ type: 'cancel', id: event.pointerId })
  })
  on('lostpointercapture', (event) => feed({ type: 'cancel', id: event.pointerId }))
  on('pointerleave', (event) => {
    if (event.pointerType !== 'touch') events.onHover(null)
  })
  on('contextmenu', (event) => {
    event.preventDefault()
    // Android also sends this event for a long press, which `gestures.ts` recognizes.
    if ((event as PointerEvent).pointerType !== 'touch') events.onSecondary(pointOn(board, event))
  })
  listenToWheel({ board, onWheel: events.onWheel, signal: stop.signal, hasPointers: () => state.phase !== 'idle' })
  return () => {
    stop.abort()
    clearTimeout(longPress)
  }
}

interface WheelOptions extends Pick<PointerInputEvents, 'onWheel'> {
  readonly board: HTMLElement
  readonly signal: AbortSignal
  readonly hasPointers: () => boolean
}

const listenToWheel = ({ board, onWheel, signal, hasPointers }: WheelOptions) => {
  const wheel = new WheelClassifier()
  const pinch = new SafariPinch()
  const onWheelEvent = (event: WheelEvent & { wheelDeltaY?: number }) => {
    event.preventDefault()
    const { deltaX, deltaY, deltaMode, ctrlKey, shiftKey, timeStamp: timeMs, wheelDeltaY } = event
    const input = { deltaX, deltaY, deltaMode, ctrlKey, shiftKey, timeMs, ...(wheelDeltaY === undefined ? {} : { wheelDeltaY }) }
    onWheel(wheel.classify(input), pointOn(board, event))
  }
  board.addEventListener('wheel', onWheelEvent, { signal, passive: false })
  // Safari's own events for a pinch on a trackpad. For fingers on the screen it sends pointer events as well.
  for (const name of ['gesturestart', 'gesturechange', 'gestureend'] as const) {
    const listener = (event: Event) => {
      event.preventDefault()
      const meaning = pinch.classify(name, (event as Event & { scale?: number }).scale, hasPointers())
      if (meaning) onWheel(meaning, pointOn(board, event as MouseEvent))
    }
    board.addEventListener(name, listener, { signal, passive: false, capture: true })
  }
}

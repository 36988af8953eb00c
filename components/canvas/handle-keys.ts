/** Carries out the action of a key anywhere on the page, except in text fields and in controls that use the key themselves. */
import type { PageWords } from '../../lib/words/page-words.ts'
import type { CanvasParts } from './canvas-context.ts'
import { chooseColor } from './color-choice.ts'
import { keyBindings } from './commands.ts'
import { type KeyAction, keyAction } from './keyboard.ts'
import { choose, inspect, togglePanel, toggleTool, type UiState } from './ui-store.ts'

const repeatable: ReadonlySet<KeyAction['do']> = new Set(['move', 'zoom', 'step'])

/** The controls of a card do not use the keys of these actions. */
const worksInCards: ReadonlySet<KeyAction['do']> = new Set(['end', 'panel', 'inspect', 'template', 'next'])

const isMac = /mac|iphone|ipad/i.test(globalThis.navigator?.platform ?? '')

const wantsKey = (target: EventTarget | null, action: KeyAction, isPointing: boolean): boolean => {
  if (!(target instanceof HTMLElement)) return false
  if (target.closest('input, textarea, select, [contenteditable], [aria-modal="true"]')) return true
  // Keys in a card belong to its controls, apart from those that open and close cards, and those of templates.
  if (target.closest('[role="dialog"]')) return !worksInCards.has(action.do)
  // A color that was chosen with the mouse has the focus. Once the mouse is back on the board, Space draws all the same.
  if (action.do === 'hold' && isPointing && target.closest('[data-dock]')) return false
  if (action.do === 'paint' || action.do === 'hold') return target.closest('button, a') !== null
  return action.do === 'move' && target.closest('[role="radiogroup"]') !== null
}

const hasEnd = ({ inspected, tool, panel }: UiState) => inspected !== null || tool !== 'pan-and-paint' || panel !== null

/** Esc: closes the inspector, else ends the mode, else closes the panel. */
const end = (ui: CanvasParts['ui']) => {
  const { inspected, tool } = ui.getState()
  if (inspected) inspect(ui, null)
  else ui.setState(tool === 'pan-and-paint' ? { panel: null } : { tool: 'pan-and-paint' })
}

/** At the selected cell, or in the middle of the window. The same cell again, or no cell, closes it. */
const toggleInspector = ({ engine, ui }: Pick<CanvasParts, 'engine' | 'ui'>) => {
  const { inspected, cell } = ui.getState()
  const { centerX, centerY } = engine.view()
  if (inspected && (!cell || (cell.gx === inspected.gx && cell.gy === inspected.gy))) inspect(ui, null)
  else inspect(ui, cell ?? { gx: Math.floor(centerX), gy: Math.floor(centerY) })
}

/** Without a template, the key opens the card that adds one. */
const toggleTemplates = ({ templates, ui }: Pick<CanvasParts, 'templates' | 'ui'>) => {
  const { view } = templates.state.getState()
  if (view?.hasTemplates) view.toggleByKey()
  else togglePanel(ui, 'template')
}

export const handleKeys = ({
  host,
  engine,
  session,
  ui,
  templates,
  words,
}: CanvasParts & { host: HTMLElement; words: PageWords }): (() => void) => {
  const act = (action: KeyAction) => {
    switch (action.do) {
      case 'move':
        host.focus({ preventScroll: true })
        return engine.moveCell(action.dx, action.dy)
      case 'paint':
        return void engine.act('keyboard')
      case 'hold':
        return void engine.hold()
      case 'choose':
        return chooseColor({ session, ui }, words, action.index)
      case 'step': {
        const count = session.store.getState().canvas?.palette.length ?? 1
        return chooseColor({ session, ui }, words, (ui.getState().color + action.by + count) % count)
      }
      case 'zoom':
        return engine.zoomStep(action.by)
      case 'grid':
        return choose(ui, { grid: !ui.getState().grid })
      case 'minimap':
        return choose(ui, { minimap: !ui.getState().minimap })
      case 'eyedropper':
        return toggleTool(ui, 'eyedropper')
      case 'brush':
        return toggleTool(ui, 'brush')
      case 'undo':
        return session.undo()
      case 'inspect':
        return toggleInspector({ engine, ui })
      case 'panel':
        return togglePanel(ui, action.id)
      case 'template':
        return toggleTemplates({ templates, ui })
      case 'next':
        return templates.state.getState().view?.next.step(action.by)
      case 'end':
        return end(ui)
    }
  }

  let [chosen, bindings] = [ui.getState().keys, keyBindings(ui.getState().keys)]
  const currentBindings = () => {
    const { keys } = ui.getState()
    if (keys !== chosen) [chosen, bindings] = [keys, keyBindings(keys)]
    return bindings
  }

  /** The mouse has moved over the board since the focus was moved by a key. */
  let isPointing = false
  const onPointerMove = ({ pointerType }: PointerEvent) => {
    isPointing = pointerType !== 'touch'
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Tab') isPointing = false
    if (event.defaultPrevented) return
    const action = keyAction(event, { letters: ui.getState().letters, isMac, bindings: currentBindings() })
    // The fields of an extension are inside a shadow root, and the event's target is only the host of that root.
    if (!action) return
    if (wantsKey(event.composedPath()[0] ?? null, action, isPointing)) return
    if (action.do === 'end' && engine.dropStroke()) return event.preventDefault()
    if (action.do === 'end' && !hasEnd(ui.getState())) return
    event.preventDefault()
    // A key that is held moves, zooms and steps. It does not paint, because each pixel costs a charge.
    if (event.repeat && !repeatable.has(action.do)) return
    act(action)
  }
  // The focus may have moved to a control since Space went down.
  const onKeyUp = (event: KeyboardEvent) => {
    // Firefox presses a button when Space is up.
    if (event.key === ' ' && engine.release()) event.preventDefault()
  }
  host.addEventListener('pointermove', onPointerMove)
  addEventListener('keydown', onKeyDown)
  addEventListener('keyup', onKeyUp)
  return () => {
    host.removeEventListener('pointermove', onPointerMove)
    removeEventListener('keydown', onKeyDown)
    removeEventListener('keyup', onKeyUp)
  }
}

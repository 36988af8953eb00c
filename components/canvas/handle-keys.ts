/** Carries out what a key means, wherever on the page it is pressed, except where somebody types or a control wants the key itself. */
import { colorText, type PageWords } from '../../lib/words/page-words.ts'
import type { CanvasParts } from './canvas-context.ts'
import { type KeyAction, keyAction } from './keyboard.ts'
import { announce, choose, colorName } from './ui-store.ts'

const zoomStep = 1.5
const goesOn: ReadonlySet<KeyAction['do']> = new Set(['move', 'zoom', 'step'])

const isMac = /mac|iphone|ipad/i.test(globalThis.navigator?.platform ?? '')

const wantsKey = (target: EventTarget | null, action: KeyAction): boolean => {
  if (!(target instanceof HTMLElement)) return false
  if (target.closest('input, textarea, select, [contenteditable], [role="dialog"]')) return true
  if (action.do === 'paint') return target.closest('button, a') !== null
  return action.do === 'move' && target.closest('[role="radiogroup"]') !== null
}

export const handleKeys = ({ host, engine, session, ui, words }: CanvasParts & { host: HTMLElement; words: PageWords }): (() => void) => {
  const chooseColor = (index: number) => {
    const canvas = session.store.getState().canvas
    if (!canvas || index < 0 || index >= canvas.palette.length) return
    choose(ui, { color: index })
    announce(ui, words.t('announce.chosen', { color: colorText(words, colorName(canvas, index)) }))
  }

  const act = (action: KeyAction) => {
    switch (action.do) {
      case 'move':
        host.focus({ preventScroll: true })
        return engine.moveCell(action.dx, action.dy)
      case 'paint':
        return void engine.act('keyboard')
      case 'choose':
        return chooseColor(action.index)
      case 'step': {
        const count = session.store.getState().canvas?.palette.length ?? 1
        return chooseColor((ui.getState().color + action.by + count) % count)
      }
      case 'zoom':
        return engine.zoomBy(action.by === 1 ? zoomStep : 1 / zoomStep)
      case 'grid':
        return choose(ui, { grid: !ui.getState().grid })
      case 'help':
        return ui.setState({ help: true })
    }
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented) return
    const action = keyAction(event, { letters: ui.getState().letters, isMac })
    // An extension's own fields are inside a shadow root, and the event's target is that root's host.
    if (!action || ui.getState().help || wantsKey(event.composedPath()[0] ?? null, action)) return
    event.preventDefault()
    // A key that is held walks and zooms; each pixel that it would paint costs a charge.
    if (event.repeat && !goesOn.has(action.do)) return
    act(action)
  }
  addEventListener('keydown', onKeyDown)
  return () => removeEventListener('keydown', onKeyDown)
}

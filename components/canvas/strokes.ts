/** Carries out what the engine draws: which cells of a stroke are painted, and what the page shows of it. */
import type { BoardPoint } from '../../lib/geometry.ts'
import type { PageWords } from '../../lib/words/page-words.ts'
import type { CanvasParts } from './canvas-context.ts'
import type { StrokeStep } from './engine/types.ts'
import type { Stroke } from './session/types.ts'
import { announce, choose, colorInUse } from './ui-store.ts'

export const createStrokes = (parts: () => CanvasParts, words: PageWords): ((step: StrokeStep) => void) => {
  let stroke: Stroke | null = null
  let isUnseenNoticed = false
  let hadColor = false

  const begin = () => {
    const { session, ui } = parts()
    stroke = session.stroke()
    isUnseenNoticed = false
    hadColor = false
    ui.setState({ stroke: { count: 0 } })
  }

  /** Returns false if the stroke takes no further cell. */
  const paint = (cell: BoardPoint): boolean => {
    const { engine, session, ui, templates } = parts()
    const shown = engine.pixelAt(cell)
    if (shown !== null && !engine.isDrawn(cell)) {
      if (!isUnseenNoticed) session.notify({ kind: 'refused', code: 'not_shown' })
      isUnseenNoticed = true
      return true
    }
    const color = templates.assistColor(cell) ?? colorInUse(session.store.getState().canvas, ui.getState())
    if (shown === color) hadColor = true
    return shown === color || stroke?.draw(cell, color) !== 'stopped'
  }

  const draw = (cells: readonly BoardPoint[]) => {
    if (!stroke) return
    cells.every(paint)
    parts().ui.setState({ stroke: { count: stroke.count } })
  }

  const finish = (isKept: boolean) => {
    const { ui } = parts()
    const count = stroke?.count ?? 0
    if (isKept) stroke?.send()
    else stroke?.drop()
    stroke = null
    ui.setState({ stroke: null })
    if (!isKept) announce(ui, words.t('strokes.dropped'))
    else if (count === 0 && hadColor) announce(ui, words.t('strokes.same'))
    else if (count > 1) announce(ui, words.t('strokes.drawn', { count }))
    if (isKept && count > 0 && !ui.getState().painted) choose(ui, { painted: true })
  }

  return (step) => {
    switch (step.do) {
      case 'begin':
        return begin()
      case 'draw':
        return draw(step.cells)
      case 'end':
        return finish(true)
      case 'drop':
        return finish(false)
      case 'too_small':
        return parts().session.notify({ kind: 'refused', code: 'too_small_to_draw' })
    }
  }
}

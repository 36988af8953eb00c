/** Chooses the color that the next click paints: from the palette, by a key, or from the board. */
import type { BoardPoint } from '../../lib/geometry.ts'
import { colorText, type PageWords } from '../../lib/words/page-words.ts'
import type { CanvasParts } from './canvas-context.ts'
import { announce, choose, colorName } from './ui-store.ts'

/** Refuses another color than the one of a finale. */
export const chooseColor = ({ session, ui }: Pick<CanvasParts, 'session' | 'ui'>, words: PageWords, index: number) => {
  const { canvas } = session.store.getState()
  if (!canvas || index < 0 || index >= canvas.palette.length) return
  if (canvas.onlyColor !== null && canvas.onlyColor !== index) return session.notify({ kind: 'refused', code: 'color_not_allowed' })
  choose(ui, { color: index })
  announce(ui, words.t('announce.chosen', { color: colorText(words, colorName(canvas, index)) }))
}

/** Picks the color that a template wants, or else that the cell shows, also that of a pixel that is not saved yet. Ends the eyedropper. */
export const pickColor = ({ engine, session, ui, templates }: CanvasParts, words: PageWords, cell: BoardPoint) => {
  const color = templates.wantedAt(cell) ?? engine.pixelAt(cell)
  if (color === null) return session.notify({ kind: 'refused', code: 'nothing_to_pick' })
  ui.setState({ tool: 'pan-and-paint' })
  chooseColor({ session, ui }, words, color)
}

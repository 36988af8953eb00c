/** The selected cell in the chosen color, with a white and a black frame. */
import { markLayer } from '../layer.ts'
import { cellMarks } from '../scene.ts'

export const selectedCellLayer = markLayer({
  name: 'selected cell',
  marks: ({ transform, pixelRatio, cell, selectedColor }) => (cell ? cellMarks({ transform, pixelRatio, cell, color: selectedColor }) : []),
})

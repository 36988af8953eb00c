'use client'

import { rgbOf } from '../../../lib/palette.ts'
/** The symbol of a palette color, for swatches. */
import { isInSymbol, symbolSide } from '../../../lib/templates/symbols.ts'
import { contrast } from '../engine/layers/template-marks.ts'

const pathOf = (color: number) => {
  let path = ''
  for (let row = 0; row < symbolSide; row++) {
    for (let column = 0; column < symbolSide; column++) if (isInSymbol(color, column, row)) path += `M${column} ${row}h1v1h-1z`
  }
  return path
}

const SymbolIcon = ({ color, hex }: { color: number; hex: string }) => (
  <svg aria-hidden viewBox="0 0 7 7" shapeRendering="crispEdges" className="h-3/5 max-h-5" data-symbol={color}>
    <path d={pathOf(color)} fill={contrast(rgbOf(hex))[0] === 0 ? '#000' : '#fff'} />
  </svg>
)

export default SymbolIcon

/** The layers of the board, the lowest first. A new layer is one file in `layers/` and one line here. */
import type { Animations } from './animations.ts'
import type { Layer } from './layer.ts'
import { boardLayer } from './layers/board-layer.ts'
import { gridLayer } from './layers/grid-layer.ts'
import { groundLayer } from './layers/ground-layer.ts'
import { createOptimisticPixelsLayer } from './layers/optimistic-pixels-layer.ts'
import { protectedAreasLayer } from './layers/protected-areas-layer.ts'
import { selectedCellLayer } from './layers/selected-cell-layer.ts'

export const createLayers = ({ animations }: { animations: Animations }): readonly Layer[] => [
  groundLayer,
  boardLayer,
  gridLayer,
  protectedAreasLayer,
  createOptimisticPixelsLayer(animations),
  selectedCellLayer,
]

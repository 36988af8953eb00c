/**
 * The layers of the board, the lowest first. A new layer is one file in `layers/` and one line here. A layer that is loaded later is
 * added with `engine.addLayer`.
 */
import type { Animations } from './animations.ts'
import type { Layer } from './layer.ts'
import { boardLayer } from './layers/board-layer.ts'
import { gridLayer } from './layers/grid-layer.ts'
import { groundLayer } from './layers/ground-layer.ts'
import { createOptimisticPixelsLayer } from './layers/optimistic-pixels-layer.ts'
import { protectedAreasLayer } from './layers/protected-areas-layer.ts'
import { selectedCellLayer } from './layers/selected-cell-layer.ts'

export const createLayers = ({ animations }: { animations: Animations }): Layer[] => [
  groundLayer,
  boardLayer,
  gridLayer,
  protectedAreasLayer,
  createOptimisticPixelsLayer(animations),
  selectedCellLayer,
]

/** The layers that are always there, as the places for those that are added. */
export type LayerName = 'ground' | 'board' | 'grid' | 'protected areas' | 'optimistic pixels' | 'selected cell'

/** Adds a layer directly above another one. Returns the function that takes it out. */
export const insertLayer = (layers: Layer[], layer: Layer, above: LayerName): (() => void) => {
  layers.splice(layers.findIndex(({ name }) => name === above) + 1, 0, layer)
  return () => {
    const at = layers.indexOf(layer)
    if (at !== -1) layers.splice(at, 1)
  }
}

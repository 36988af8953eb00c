/** The palette of a board only grows while the board exists. A board that was created again under the same id may have other colors. */
import { nearestInOklab } from '../oklab.ts'
import { rgbOf } from '../palette.ts'
import { noCell, type TemplatePicture } from './template.ts'

/** The same picture for another palette: each color by its hex code, or else by the nearest color. */
export const recolorPicture = (picture: TemplatePicture, from: readonly string[], to: readonly string[]): TemplatePicture => {
  if (from.every((hex, index) => to[index] === hex)) return picture
  const nearest = nearestInOklab(to.map(rgbOf))
  const newIndex = from.map((hex) => (to.includes(hex) ? to.indexOf(hex) : nearest(rgbOf(hex))))
  return { ...picture, cells: picture.cells.map((cell) => newIndex[cell] ?? noCell) }
}

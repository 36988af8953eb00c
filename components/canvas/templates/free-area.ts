/** The part of the window that no card covers, in CSS pixels. */
import type { Rect } from '../engine/rect.ts'

const statusCardPx = 64

/** The dock is below. An open panel is beside the board, or on a phone a sheet below it. */
export const freeArea = (): Rect => {
  let [right, bottom] = [innerWidth, innerHeight]
  let left = 0
  const dock = document.querySelector('[data-dock]')?.getBoundingClientRect()
  if (dock) bottom = Math.min(bottom, dock.top)
  const panel = document.querySelector('section[role="dialog"]')?.getBoundingClientRect()
  if (panel && panel.width > innerWidth * 0.6) bottom = Math.min(bottom, panel.top)
  else if (panel && panel.left > innerWidth / 2) right = panel.left
  else if (panel) left = panel.right
  const top = Math.min(statusCardPx, bottom / 2)
  return { left, top, right, bottom: Math.max(top + 1, bottom) }
}

/** What the address of the site itself shows. */
import { type Canvas, isListed } from './canvas.ts'
import { type ShownCanvas, showCanvas } from './show-canvas.ts'
import type { Site } from './site.ts'

/** A canvas in a list for visitors. `online` is the number of sockets that have joined it. */
export interface ListedCanvas extends ShownCanvas {
  readonly online: number
}

/** What a card of the list shows. */
export type BoardCard = Pick<
  ListedCanvas,
  'id' | 'title' | 'epoch' | 'width' | 'height' | 'state' | 'onlyColor' | 'opensAt' | 'closesAt' | 'archivedAt' | 'online'
>

export type StartPage = { readonly kind: 'board'; readonly id: string } | { readonly kind: 'list' }

/** The board that Fresco creates at its first start. */
export const firstBoard: StartPage = { kind: 'board', id: 'main' }

/** The host's default board, else the only listed one, else the list. */
export const startPageOf = ({ defaultCanvas }: Pick<Site, 'defaultCanvas'>, canvases: readonly Canvas[]): StartPage => {
  const chosen = canvases.find(({ id }) => id === defaultCanvas)
  if (chosen) return { kind: 'board', id: chosen.id }
  const [only, ...others] = canvases.filter(isListed)
  return only && others.length === 0 ? { kind: 'board', id: only.id } : { kind: 'list' }
}

export const listCanvases = (canvases: readonly Canvas[], onlineOf: (id: Canvas['id']) => number): ListedCanvas[] =>
  canvases.filter(isListed).map((canvas) => ({ ...showCanvas(canvas), online: onlineOf(canvas.id) }))

export const boardCardOf = ({
  id,
  title,
  epoch,
  width,
  height,
  state,
  onlyColor,
  opensAt,
  closesAt,
  archivedAt,
  online,
}: ListedCanvas): BoardCard => ({ id, title, epoch, width, height, state, onlyColor, opensAt, closesAt, archivedAt, online })

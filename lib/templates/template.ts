/** A template is a picture that painters follow. Its cells are palette indices of the board that it belongs to. */

/** A cell in which nothing is wanted. */
export const noCell = 0xffff

export interface TemplatePicture {
  readonly width: number
  readonly height: number
  /** `y × width + x`: a palette index, or `noCell`. Never changed in place: a changed picture is a new object. */
  readonly cells: Uint16Array
}

export const templateLooks = ['ghost', 'dots-small', 'dots-medium', 'dots-large', 'symbols'] as const
/** How the cells that are not right are drawn. */
export type TemplateLook = (typeof templateLooks)[number]

/** `device`: kept in this browser only. `link`: a revision of a template that the server stores. */
export type TemplateSource = { readonly kind: 'device' } | { readonly kind: 'link'; readonly id: string; readonly rev: number }

export interface PlacedTemplate {
  readonly id: string
  readonly name: string
  /** The board point of the top left cell. The picture may extend beyond the board. */
  readonly x: number
  readonly y: number
  readonly picture: TemplatePicture
  readonly source: TemplateSource
  readonly look: TemplateLook
  /** Of the ghost, 0 to 1. */
  readonly opacity: number
  /** A locked template does not move by accident. */
  readonly isLocked: boolean
  readonly isVisible: boolean
}

export const templateLimits = {
  /** For one board in one browser. */
  maxTemplates: 20,
  maxCells: 1_048_576,
  maxSide: 16_384,
  /** In characters. */
  maxName: 80,
} as const

/** How a new template is shown until the painter chooses something else. */
export const defaultAppearance = {
  look: 'ghost',
  opacity: 0.42,
  isLocked: true,
  isVisible: true,
} as const satisfies Partial<PlacedTemplate>

/** The palette index that a template wants at a board point; `noCell` for none. */
export const wantedAt = ({ x, y, picture }: Pick<PlacedTemplate, 'x' | 'y' | 'picture'>, gx: number, gy: number): number => {
  const column = gx - x
  const row = gy - y
  if (column < 0 || row < 0 || column >= picture.width || row >= picture.height) return noCell
  return picture.cells[row * picture.width + column] ?? noCell
}

/** A position at which at least one row and one column of the picture is on the board. */
export const keepOnBoard = (
  { x, y }: { readonly x: number; readonly y: number },
  picture: Pick<TemplatePicture, 'width' | 'height'>,
  board: { readonly width: number; readonly height: number },
) => ({
  x: Math.min(board.width - 1, Math.max(1 - picture.width, Math.round(x))),
  y: Math.min(board.height - 1, Math.max(1 - picture.height, Math.round(y))),
})

/** A new board as a host types it. */
import { canvasIdPattern, canvasLimits, isCanvasTitle } from '../../../lib/canvas.ts'
import type { AdminCanvas } from '../../../lib/show-canvas.ts'
import { countOf } from './number-texts.ts'

export interface NewBoard {
  readonly title: string
  /** Null until the host types one: the address follows the title. */
  readonly id: string | null
  readonly width: string
  readonly height: string
  /** The board whose palette and rules the new one gets. Null for those of Fresco. */
  readonly like: string | null
}

export const newBoardParts = ['title', 'id', 'width', 'height'] as const
export type NewBoardPart = (typeof newBoardParts)[number]

export const blankNewBoard: NewBoard = { title: '', id: null, width: '512', height: '512', like: null }

/** `Winter Fresco` becomes `winter-fresco`. */
export const idOfTitle = (title: string): string =>
  title
    .normalize('NFD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 32)
    .replace(/^-+|-+$/g, '')

export const idOf = ({ id, title }: NewBoard) => id ?? idOfTitle(title)

const { minSide, maxSide } = canvasLimits

export const wrongParts = (board: NewBoard, taken: readonly string[]): NewBoardPart[] => {
  const id = idOf(board).trim()
  const isRight: Record<NewBoardPart, boolean> = {
    title: isCanvasTitle(board.title.trim()),
    id: canvasIdPattern.test(id) && !taken.includes(id),
    width: countOf(board.width, minSide, maxSide) !== null,
    height: countOf(board.height, minSide, maxSide) !== null,
  }
  return newBoardParts.filter((part) => !isRight[part])
}

/** The body of `POST /api/admin/canvases`. Call it when no part is wrong. */
export const bodyOf = (board: NewBoard, boards: readonly AdminCanvas[]) => {
  const model = boards.find(({ id }) => id === board.like)
  return {
    id: idOf(board).trim(),
    title: board.title.trim(),
    width: Number(board.width),
    height: Number(board.height),
    ...(model ? settingsLike(model) : {}),
  }
}

const settingsLike = (model: AdminCanvas) => ({
  palette: model.palette,
  colorNames: model.colorNames,
  background: model.background,
  cooldownMs: model.cooldownMs,
  maxCharges: model.maxCharges,
  startCharges: model.startCharges,
  undoMs: model.undoMs,
  assist: model.assist,
  templates: model.templates,
  rules: model.rules,
})

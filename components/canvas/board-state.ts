/** What the dock says of a board: that people can paint, or why they cannot. */
import type { CanvasInfo } from './session/types.ts'

export type BoardState =
  | { readonly kind: 'open' | 'paused' | 'closed' | 'starting_over' }
  /** It is paused or closed, and its schedule opens it. */
  | { readonly kind: 'opens'; readonly atMs: number }
  | { readonly kind: 'archived'; readonly atMs: number }

type Canvas = Pick<CanvasInfo, 'state' | 'opensAt' | 'archivedAt' | 'erasing'>

export const boardStateOf = ({ state, opensAt, archivedAt, erasing }: Canvas): BoardState => {
  if (erasing !== null) return { kind: 'starting_over' }
  if (state === 'open') return { kind: 'open' }
  if (archivedAt !== null) return { kind: 'archived', atMs: Date.parse(archivedAt) }
  return opensAt === null ? { kind: state } : { kind: 'opens', atMs: Date.parse(opensAt) }
}

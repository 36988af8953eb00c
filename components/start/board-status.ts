/** What the list says of a board. */
import type { BoardCard } from '../../lib/start-page.ts'

export type BoardStatus =
  | { readonly kind: 'open'; readonly closesAt: string | null }
  | { readonly kind: 'opens'; readonly opensAt: string }
  | { readonly kind: 'finale' | 'paused' | 'closed' | 'archive' }

export type StatusKind = BoardStatus['kind']

export const boardStatusOf = ({
  state,
  archivedAt,
  onlyColor,
  opensAt,
  closesAt,
}: Pick<BoardCard, 'state' | 'archivedAt' | 'onlyColor' | 'opensAt' | 'closesAt'>): BoardStatus => {
  if (archivedAt !== null) return { kind: 'archive' }
  if (state === 'open') return onlyColor === null ? { kind: 'open', closesAt } : { kind: 'finale' }
  return opensAt === null ? { kind: state } : { kind: 'opens', opensAt }
}

import type { AdminCanvas } from '../../../lib/show-canvas.ts'
import type { OperationsWords } from '../../../lib/words/operations-words.ts'
import type { BoardField } from './board-fields.ts'

/** What a board has for a field, in a few words. */
export const fieldValueText = ({ t, number }: OperationsWords, field: BoardField, board: AdminCanvas): string => {
  switch (field) {
    case 'title':
      return `“${board.title}”`
    case 'visibility':
      return t(`boards.visibilities.${board.visibility}`)
    case 'state':
      return t(`boards.states.${board.state}`)
    case 'size':
      return t('boards.sizeOf', { width: board.width, height: board.height })
    case 'colors':
      return t('boards.palette.count', { count: board.palette.length })
    case 'onlyColor':
      return board.onlyColor === null
        ? t('boards.painters.all')
        : t('boards.painters.only', { name: board.colorNames[board.onlyColor] ?? number(board.onlyColor) })
    case 'schedule':
      return t('boards.steps', { count: board.schedule.length })
    case 'cooldownMs':
    case 'undoMs':
      return t('boards.seconds', { seconds: board[field] / 1_000 })
    case 'maxCharges':
    case 'startCharges':
      return number(board[field])
    case 'rules':
      return t('boards.characters', { count: [...board.rules].length })
    case 'assist':
      return t(board.assist ? 'boards.on' : 'boards.off')
    case 'templates':
      return t(`boards.uploads.${board.templates}`)
    case 'protectedAreas':
      return t('boards.areasCount', { count: board.protectedAreas.length })
  }
}

export interface StateText {
  readonly mark: 'well' | 'waiting' | 'over'
  readonly word: string
  /** A second line, or null. */
  readonly detail: string | null
}

/** The state of a board in the list. */
export const stateText = ({ t }: OperationsWords, board: AdminCanvas): StateText => {
  const detail = board.visibility === 'link' ? t('boards.details.link') : null
  if (board.erasing === 'delete') return { mark: 'waiting', word: t('boards.states.deleting'), detail: null }
  if (board.erasing === 'start_over') return { mark: 'waiting', word: t('boards.states.startingOver'), detail: null }
  if (board.archivedAt !== null)
    return { mark: 'over', word: t('boards.states.finished'), detail: t('boards.details.finishedAt', { at: new Date(board.archivedAt) }) }
  switch (board.state) {
    case 'open': {
      const { onlyColor, closesAt } = board
      const finale = onlyColor === null ? null : t('boards.details.finale', { color: board.colorNames[onlyColor] ?? String(onlyColor) })
      const closing = closesAt === null ? null : t('boards.details.closesAt', { at: new Date(closesAt) })
      return { mark: 'well', word: t('boards.states.open'), detail: finale ?? closing ?? detail }
    }
    case 'paused': {
      const word = board.opensAt === null ? t('boards.states.paused') : t('boards.states.opensAt', { at: new Date(board.opensAt) })
      return { mark: 'waiting', word, detail }
    }
    case 'closed':
      return { mark: 'over', word: t('boards.states.closed'), detail }
  }
}

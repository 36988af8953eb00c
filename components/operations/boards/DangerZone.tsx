import { Eraser, Flag, Trash2 } from 'lucide-react'
import type { AdminCanvas } from '../../../lib/show-canvas.ts'
import { problemText } from '../../../lib/words/operations-words.ts'
import { Card } from '../fields/Card.tsx'
import { dangerButton } from '../fields/field-styles.ts'
import { TypedConfirmDialog } from '../TypedConfirmDialog.tsx'
import { useOperationsWords } from '../use-operations-words.ts'
import type { BoardActions } from './board-actions.ts'
import type { BoardsState } from './boards-store.ts'

interface DangerZoneProps {
  readonly board: AdminCanvas
  readonly state: BoardsState
  readonly actions: BoardActions
  /** Something in the form is not saved. */
  readonly hasEdits: boolean
}

const icons = { archive: Flag, startOver: Eraser, delete: Trash2 }
type Danger = keyof typeof icons
const dangers = Object.keys(icons) as Danger[]

/** What cannot be undone: an archive, a new start, and a deletion. Each asks for the address of the board. */
export const DangerZone = ({ board, state, actions, hasEdits }: DangerZoneProps) => {
  const words = useOperationsWords()
  const { t } = words
  const { acting, failed } = state
  const backup = { label: t('boards.danger.backup'), text: t('boards.danger.backupCommand', { id: board.id }) }
  const run = { archive: actions.archive, startOver: actions.startOver, delete: actions.remove }
  const reasonOf = (name: Danger) => {
    if (board.erasing !== null) return t('boards.danger.erasing')
    if (name !== 'delete' && board.archivedAt !== null) return t('boards.danger.archived')
    return hasEdits && name !== 'delete' ? t('boards.danger.unsaved') : null
  }
  const problem = failed && failed.id === board.id && dangers.some((name) => name === failed.name) ? failed.problem : null
  return (
    <Card title={t('boards.danger.title', { title: board.title })} testId="danger-zone">
      <ul className="mt-2 divide-y divide-line border-line border-t">
        {dangers.map((name) => {
          const Icon = icons[name]
          const reason = reasonOf(name)
          const isActing = acting?.id === board.id && acting.name === name
          return (
            <li key={name} className="flex items-center gap-3 py-3 last:pb-0">
              <Icon size={19} strokeWidth={1.8} aria-hidden className="shrink-0" />
              <span className="mr-auto min-w-0">
                <span className="block">{t(`boards.danger.${name}.name`)}</span>
                <span className="block text-[12.5px] text-muted">
                  {isActing ? t('boards.danger.working') : (reason ?? t(`boards.danger.${name}.note`))}
                </span>
              </span>
              <TypedConfirmDialog
                title={t(`boards.danger.${name}.title`, { title: board.title })}
                body={t(`boards.danger.${name}.body`)}
                action={t(`boards.danger.${name}.action`)}
                confirm={board.id}
                label={t('boards.danger.confirm', { id: board.id })}
                onYes={() => void run[name](board)}
                command={name === 'archive' ? null : backup}
              >
                <button type="button" className={dangerButton} disabled={reason !== null || acting !== null}>
                  {t(`boards.danger.${name}.button`)}
                </button>
              </TypedConfirmDialog>
            </li>
          )
        })}
      </ul>
      {problem === null ? null : (
        <p role="alert" className="mt-3 text-sinopia">
          {problemText(words, problem)}
        </p>
      )}
    </Card>
  )
}

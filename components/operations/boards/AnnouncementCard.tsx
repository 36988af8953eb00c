import { useId, useState } from 'react'
import { announcementLevels } from '../../../lib/announcement.ts'
import { canvasLimits } from '../../../lib/canvas.ts'
import type { AdminCanvas } from '../../../lib/show-canvas.ts'
import { problemText } from '../../../lib/words/operations-words.ts'
import { Card } from '../fields/Card.tsx'
import { filledButton, labelStyle, noteStyle, plainButton } from '../fields/field-styles.ts'
import { Segments } from '../fields/Segments.tsx'
import { SelectField } from '../fields/SelectField.tsx'
import { useOperationsWords } from '../use-operations-words.ts'
import type { AnnouncementTexts, BoardActions } from './board-actions.ts'
import type { Boards, BoardsState } from './boards-store.ts'
import { durationValue, useDurations } from './durations.ts'
import { isAnnouncement } from './step-edits.ts'

interface AnnouncementCardProps {
  readonly board: AdminCanvas
  readonly boards: Boards
  readonly state: BoardsState
  readonly actions: BoardActions
}

const { maxAnnouncement } = canvasLimits
const blank: AnnouncementTexts = { text: '', level: 'info', lastsMs: 3_600_000 }

/** A message to everybody on the board, at once. */
export const AnnouncementCard = ({ board, boards, state, actions }: AnnouncementCardProps) => {
  const words = useOperationsWords()
  const { t } = words
  const typed = state.announcements[board.id] ?? blank
  const [isSent, setSent] = useState(false)
  const isOff = board.erasing !== null || board.archivedAt !== null
  const isActing = state.acting?.id === board.id && state.acting.name === 'announce'
  const { failed } = state
  const problem = failed?.id === board.id && (failed.name === 'announce' || failed.name === 'takeDown') ? failed.problem : null
  const change = (part: Partial<AnnouncementTexts>) => {
    boards.typeAnnouncement(board.id, { ...typed, ...part })
    setSent(false)
  }
  const send = async () => {
    const isDone = await actions.announce(board, { ...typed, text: typed.text.trim() })
    const isSame = boards.store.getState().announcements[board.id] === typed
    if (isDone && isSame) boards.typeAnnouncement(board.id, { ...typed, text: '' })
    setSent(isDone)
  }
  return (
    <Card title={t('boards.announcement.title')} testId="announcement-composer">
      <Current board={board} isBusy={state.acting !== null} onTakeDown={() => void actions.takeDown(board)} />
      <form
        className="mt-3 flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault()
          if (isAnnouncement(typed.text)) void send()
        }}
      >
        <Fields typed={typed} isOff={isOff} onChange={change} />
        <div className="flex flex-wrap items-center justify-end gap-x-4 gap-y-2">
          <p role="status" className="mr-auto min-w-0 text-muted">
            {isSent ? t('boards.announcement.sent') : ''}
          </p>
          <button type="submit" className={filledButton} disabled={isOff || !isAnnouncement(typed.text)} aria-busy={isActing}>
            {t(isActing ? 'boards.announcement.sending' : 'boards.announcement.send')}
          </button>
        </div>
      </form>
      {isOff ? <p className={noteStyle()}>{t('boards.announcement.off')}</p> : null}
      {problem === null ? null : (
        <p role="alert" className="mt-2 text-sinopia">
          {problemText(words, problem)}
        </p>
      )}
    </Card>
  )
}

interface FieldsProps {
  readonly typed: AnnouncementTexts
  readonly isOff: boolean
  readonly onChange: (part: Partial<AnnouncementTexts>) => void
}

const Fields = ({ typed, isOff, onChange }: FieldsProps) => {
  const { t } = useOperationsWords()
  const id = useId()
  const durations = useDurations(typed.lastsMs)
  const count = [...typed.text.trim()].length
  const isWrong = typed.text !== '' && !isAnnouncement(typed.text)
  return (
    <>
      <div>
        <label htmlFor={id} className={labelStyle}>
          {t('boards.announcement.text')}
        </label>
        <textarea
          id={id}
          name="announcement"
          rows={3}
          value={typed.text}
          disabled={isOff}
          aria-invalid={isWrong}
          aria-describedby={`${id}-note`}
          className={`mt-1 block w-full resize-y rounded-button border bg-plaster px-3 py-2 text-ink disabled:opacity-60 ${isWrong ? 'border-sinopia' : 'border-line'}`}
          onChange={(event) => onChange({ text: event.target.value.replaceAll('\n', ' ') })}
        />
        <p id={`${id}-note`} className={noteStyle(isWrong)}>
          {t(isWrong ? 'boards.announcement.wrong' : 'boards.announcement.count', { count, max: maxAnnouncement })}
        </p>
      </div>
      <div className="grid items-start gap-3 sm:grid-cols-2">
        <Segments
          label={t('boards.announcement.level')}
          value={typed.level}
          options={announcementLevels.map((value) => ({ value, text: t(`boards.announcement.levels.${value}`) }))}
          isDisabled={isOff}
          onChange={(level) => onChange({ level })}
        />
        <SelectField
          label={t('boards.announcement.lasts')}
          name="announcementLasts"
          value={durationValue(typed.lastsMs)}
          options={durations}
          isDisabled={isOff}
          onChange={(value) => onChange({ lastsMs: value === '' ? null : Number(value) })}
        />
      </div>
    </>
  )
}

interface CurrentProps {
  readonly board: AdminCanvas
  readonly isBusy: boolean
  readonly onTakeDown: () => void
}

/** The announcement that painters have on their screens. */
const Current = ({ board: { announcement }, isBusy, onTakeDown }: CurrentProps) => {
  const { t } = useOperationsWords()
  if (announcement === null || (announcement.until !== null && Date.parse(announcement.until) <= Date.now())) return null
  const { text, level, until } = announcement
  return (
    <div
      className="mt-3 flex flex-wrap items-start gap-x-3 gap-y-2 rounded-button border border-line bg-plaster p-3"
      data-testid="announced"
    >
      <div className="min-w-0 flex-1 basis-48">
        <p className="break-words">{text}</p>
        <p className="mt-0.5 text-[12.5px] text-muted">
          {`${t(`boards.announcement.levels.${level}`)} · ${
            until === null ? t('boards.announcement.nowForever') : t('boards.announcement.now', { at: new Date(until) })
          }`}
        </p>
      </div>
      <button type="button" className={plainButton} disabled={isBusy} onClick={onTakeDown}>
        {t('boards.announcement.takeDown')}
      </button>
    </div>
  )
}

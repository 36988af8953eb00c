import { useOperationsWords } from '../use-operations-words.ts'
import { filledButton, plainButton } from './field-styles.ts'

interface SaveBarProps {
  /** The names of the fields that are not saved. */
  readonly edited: readonly string[]
  readonly isSaving: boolean
  readonly isSaved: boolean
  readonly savedText: string
  /** The save replaces what somebody else changed. */
  readonly isOver: boolean
  readonly onDiscard: () => void
}

/** Names what is not saved. It stays on the screen while something is not. */
export const SaveBar = ({ edited, isSaving, isSaved, savedText, isOver, onDiscard }: SaveBarProps) => {
  const { t, list } = useOperationsWords()
  const hasEdits = edited.length > 0
  const idle = isSaved ? '' : t('boards.unchanged')
  const rest = hasEdits ? t('boards.unsaved', { count: edited.length, fields: list(edited) }) : idle
  return (
    <div className={`flex flex-wrap items-center justify-end gap-x-4 gap-y-3 ${hasEdits ? 'card sticky bottom-3 z-20 p-3 pl-5' : 'px-1'}`}>
      <p className="mr-auto flex min-w-0 items-baseline gap-2 text-muted max-sm:w-full">
        {hasEdits || isSaved ? (
          <i aria-hidden="true" className={`size-2 shrink-0 rounded-full ${hasEdits ? 'bg-ochre' : 'bg-verdigris'}`} />
        ) : null}
        {isSaving || rest !== '' ? <span data-testid="unsaved">{isSaving ? t('boards.saving') : rest}</span> : null}
        {/* Only this is for screen readers to announce. */}
        <span role="status" data-testid="saved">
          {isSaved && !hasEdits ? savedText : ''}
        </span>
      </p>
      <span className="flex flex-wrap gap-2 max-sm:w-full max-sm:*:flex-1">
        <button type="button" disabled={!hasEdits || isSaving} className={plainButton} data-testid="discard" onClick={onDiscard}>
          {t('boards.discard')}
        </button>
        <button type="submit" disabled={!hasEdits} aria-busy={isSaving} className={filledButton} data-testid="save">
          {t(isOver ? 'boards.saveAnyway' : 'boards.save')}
        </button>
      </span>
    </div>
  )
}

import { filledButton } from '../fields/field-styles.ts'
import { useOperationsWords } from '../use-operations-words.ts'

/** Invites to make the first board. */
export const EmptyBoards = ({ onNew }: { readonly onNew: () => void }) => {
  const { t } = useOperationsWords()
  return (
    <section className="panel flex min-w-0 flex-col items-start gap-3 p-6" data-testid="no-boards">
      <h2 className="font-semibold text-lg tracking-tight">{t('boards.emptyTitle')}</h2>
      <p className="text-muted">{t('boards.empty')}</p>
      <button type="button" className={filledButton} onClick={onNew}>
        {t('boards.create.action')}
      </button>
    </section>
  )
}

/** The layout of the form, in quiet bars. */
export const LoadingForm = () => (
  <section aria-hidden="true" className="panel min-w-0 p-4 sm:p-5">
    <div className="breathing flex flex-col gap-4">
      <span className="h-3 w-40 rounded-full bg-ink/6" />
      <span className="h-10 rounded-button bg-ink/6" />
      <span className="h-10 rounded-button bg-ink/6" />
      <span className="grid grid-cols-3 gap-2 *:h-20 *:rounded-button *:bg-ink/6">
        <span />
        <span />
        <span />
      </span>
    </div>
  </section>
)

'use client'

/** The boards of this site, for visitors. Their figures and pictures follow what happens. */
import type { BoardCard as Board } from '../../lib/start-page.ts'
import { useWords } from '../language.tsx'
import { SiteFooter } from '../SiteFooter.tsx'
import { useSite } from '../site.tsx'
import { Wordmark } from '../Wordmark.tsx'
import { BoardCard } from './BoardCard.tsx'
import { type BoardsOfPage, useBoards } from './use-boards.ts'

interface StartPageProps {
  /** Null when the server could not read them. */
  readonly boards: readonly Board[] | null
  /** By the clock of the server. */
  readonly renderedAtMs: number
}

export const StartPage = ({ boards: first, renderedAtMs }: StartPageProps) => {
  const boards = useBoards(first, renderedAtMs)
  const { description } = useSite()
  const { t } = useWords()
  return (
    <div className="ground flex min-h-dvh flex-col">
      <main className="beside-notch mx-auto w-full max-w-[1440px] grow py-6 sm:py-10">
        <header className="mx-auto max-w-[640px] text-center">
          <h1 className="flex justify-center font-wordmark text-[30px] leading-tight sm:text-[38px]">
            <Wordmark />
          </h1>
          {description === '' ? null : (
            <p
              dir="auto"
              translate="yes"
              className="mt-2 whitespace-pre-line text-pretty text-muted wrap-anywhere"
              suppressHydrationWarning
            >
              {description}
            </p>
          )}
        </header>
        <section aria-label={t('start.boards')} className="mt-6 sm:mt-9" data-testid="board-list" data-state={boards.state}>
          <Problem boards={boards} />
          <List boards={boards} />
        </section>
      </main>
      <SiteFooter />
    </div>
  )
}

const List = ({ boards: { boards, state, clockOffsetMs } }: { boards: BoardsOfPage }) => {
  const { t } = useWords()
  if (boards === null) return state === 'failed' ? null : <Loading />
  if (boards.length === 0) return <Empty />
  return (
    <ul
      aria-label={t('start.boards')}
      className={`mx-auto grid justify-center gap-4 grid-cols-[repeat(auto-fit,minmax(min(280px,100%),320px))] transition-opacity ${state === 'failed' ? 'opacity-60' : ''}`}
    >
      {boards.map((board) => (
        <li key={board.id}>
          <BoardCard board={board} isLive={state === 'live'} clockOffsetMs={clockOffsetMs} />
        </li>
      ))}
    </ul>
  )
}

/** Why the list is old or missing, and what comes next. */
const Problem = ({ boards: { state, loadedAt, retry } }: { boards: BoardsOfPage }) => {
  const { t } = useWords()
  return (
    <div role="status">
      {state === 'failed' ? (
        <div className="card mx-auto mb-4 flex max-w-[640px] flex-wrap items-center gap-x-4 gap-y-2 p-4">
          <i aria-hidden="true" className="size-2.5 shrink-0 rotate-45 bg-sinopia" />
          <p className="min-w-0 grow basis-52">
            <span className="block font-medium">{t('start.failed.title')}</span>
            <span className="block text-muted">
              {loadedAt === null ? t('start.failed.body') : t('start.failed.old', { at: new Date(loadedAt) })}
            </span>
          </p>
          <button type="button" className="h-9 rounded-button border border-line px-3 hover:bg-ink/6" onClick={retry}>
            {t('start.failed.action')}
          </button>
        </div>
      ) : null}
    </div>
  )
}

const Empty = () => {
  const { t } = useWords()
  return (
    <div className="mx-auto max-w-[420px] rounded-card border border-line border-dashed p-8 text-center">
      <p className="font-medium" suppressHydrationWarning>
        {t('start.empty.title')}
      </p>
      <p className="mt-1 text-muted text-pretty" suppressHydrationWarning>
        {t('start.empty.body')}
      </p>
      <a
        href="/admin/boards"
        className="mt-4 inline-flex h-10 items-center rounded-button bg-ultramarine px-4 font-medium text-on-accent hover:opacity-90 pointer-coarse:h-[44px]"
        suppressHydrationWarning
      >
        {t('start.empty.action')}
      </a>
    </div>
  )
}

/** The layout of the list, in quiet bars. */
const Loading = () => (
  <div
    aria-hidden="true"
    className="breathing mx-auto grid justify-center gap-4 grid-cols-[repeat(auto-fit,minmax(min(280px,100%),320px))]"
  >
    {['one', 'two', 'three'].map((key) => (
      <div key={key} className="card overflow-hidden">
        <div className="aspect-square bg-ink/6" />
        <div className="p-4">
          <div className="h-4 w-40 rounded-full bg-ink/6" />
          <div className="mt-3 h-3.5 w-24 rounded-full bg-ink/6" />
        </div>
      </div>
    ))}
  </div>
)

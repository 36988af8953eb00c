import type { Verdict } from '../../lib/verdict.ts'

const levelColor = {
  well: 'bg-verdigris ring-verdigris/25',
  waiting: 'bg-ochre ring-ochre/30',
  wrong: 'bg-sinopia ring-sinopia/25',
} as const

interface StatusHeadingProps extends Pick<Verdict, 'level' | 'title' | 'body'> {
  readonly problem: string | null
  /** A button beside the problem. */
  readonly retry?: { readonly text: string; readonly onRetry: () => void }
}

/**
 * The state in one sentence. Two lines are reserved below it on wide screens and three on phones, so that a longer sentence moves nothing.
 * A problem replaces the body for some seconds. Screen readers announce the title and not the rates, which change each second.
 */
export const StatusHeading = ({ level, title, body, problem, retry }: StatusHeadingProps) => (
  <div className="min-h-24 pt-2 sm:min-h-17" data-level={level}>
    <div role="status">
      <h1 className="flex items-center gap-3.5 pl-1 font-semibold text-2xl tracking-tight sm:text-[26px]">
        <i aria-hidden="true" className={`size-2.5 shrink-0 rounded-full ring-4 ${levelColor[level]}`} />
        <span>{title}</span>
      </h1>
    </div>
    {problem === null ? (
      <p className="mt-1 text-muted tabular-nums sm:pl-7">{body}</p>
    ) : (
      <p role="alert" className="mt-1 text-[color-mix(in_oklch,var(--sinopia)_80%,var(--ink))] sm:pl-7">
        <span>{problem}</span>
        {retry ? (
          <button
            type="button"
            className="ml-2 rounded-button border border-line bg-surface px-2.5 py-0.5 text-ink hover:bg-ink/6"
            onClick={retry.onRetry}
          >
            {retry.text}
          </button>
        ) : null}
      </p>
    )}
  </div>
)

import { type ReactNode, useId } from 'react'

interface CardProps {
  readonly title: string
  /** Beside the title, on the right. */
  readonly aside?: string
  readonly className?: string
  readonly testId?: string
  readonly children: ReactNode
}

/** A small card with settings that belong together. */
export const Card = ({ title, aside, className = '', testId, children }: CardProps) => {
  const id = useId()
  return (
    <section className={`panel min-w-0 p-4 sm:p-5 ${className}`} aria-labelledby={id} data-testid={testId}>
      <header className="flex min-w-0 flex-wrap items-baseline justify-between gap-x-4 gap-y-1 text-[12.5px] text-muted">
        <h2 id={id} className="min-w-0 max-w-full break-words">
          {title}
        </h2>
        {aside === undefined ? null : <span className="tabular-nums">{aside}</span>}
      </header>
      {children}
    </section>
  )
}

import { Wordmark } from './Wordmark.tsx'

type Props = { title: string; body: string; action: string } & ({ href: string } | { onAction: () => void })

const actionClass =
  'mt-5 inline-flex h-10 items-center pointer-coarse:h-[44px] rounded-button bg-ultramarine px-5 font-medium text-on-accent transition-opacity hover:opacity-90'

/** A message with one action instead of a board. A browser may translate its texts before React hydrates them. */
export const FullPageMessage = (props: Props) => (
  <div className="ground grid min-h-dvh grid-cols-[minmax(0,1fr)] place-items-center p-6">
    <div className="card rising w-full max-w-sm p-7">
      <div className="font-wordmark text-muted">
        <Wordmark />
      </div>
      <h1 className="mt-3 text-lg font-semibold tracking-tight" suppressHydrationWarning>
        {props.title}
      </h1>
      <p className="mt-1.5 text-muted" suppressHydrationWarning>
        {props.body}
      </p>
      {'href' in props ? (
        <a className={actionClass} href={props.href} suppressHydrationWarning>
          {props.action}
        </a>
      ) : (
        <button type="button" className={actionClass} onClick={props.onAction}>
          {props.action}
        </button>
      )}
    </div>
  </div>
)

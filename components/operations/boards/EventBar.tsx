import { useOperationsWords } from '../use-operations-words.ts'
import type { Phase } from './event-phases.ts'

const style: Record<Phase['kind'], string> = {
  open: 'bg-ultramarine',
  paused: 'bg-line',
  finale: 'bg-[repeating-linear-gradient(-45deg,var(--ochre)_0_3px,color-mix(in_oklch,var(--ochre)_55%,var(--surface))_3px_6px)]',
}

/** The planned event as a bar: how long it is open, and its finale. Renders nothing without one. */
export const EventBar = ({ phases }: { readonly phases: readonly Phase[] }) => {
  const words = useOperationsWords()
  const { t } = words
  const msOf = (wanted: (kind: Phase['kind']) => boolean) => phases.filter(({ kind }) => wanted(kind)).reduce((sum, { ms }) => sum + ms, 0)
  const finaleMs = msOf((kind) => kind === 'finale')
  if (phases.length === 0) return null
  return (
    <div className="mt-3" data-testid="event-bar">
      <div aria-hidden="true" className="flex h-2 gap-0.5 overflow-hidden rounded-full">
        {phases.map(({ kind, ms }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: phases have no identity, and each is drawn from its kind and length only
          <span key={index} className={`min-w-1 ${style[kind]}`} style={{ flexGrow: ms, flexBasis: 0 }} />
        ))}
      </div>
      <div className="mt-1 flex flex-wrap justify-between gap-x-4 text-[12.5px] text-muted">
        <span>
          {t('boards.when.length', {
            duration: words.rough(msOf((kind) => kind !== 'paused')),
          })}
        </span>
        {finaleMs > 0 ? <span>{t('boards.when.withFinale', { duration: words.rough(finaleMs) })}</span> : null}
      </div>
    </div>
  )
}

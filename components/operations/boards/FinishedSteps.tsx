import type { AdminCanvas, ShownStep } from '../../../lib/show-canvas.ts'
import type { OperationsWords } from '../../../lib/words/operations-words.ts'
import { useOperationsWords } from '../use-operations-words.ts'

/** The newest steps that have run, with the reason of each one that did not work. Renders nothing if there are none. */
export const FinishedSteps = ({ board }: { readonly board: AdminCanvas }) => {
  const words = useOperationsWords()
  const { t } = words
  const { finishedSteps } = board
  if (finishedSteps.length === 0) return null
  const failed = finishedSteps.filter(({ error }) => error !== null).length
  return (
    <details className="mt-4 border-line border-t pt-3" open={failed > 0} data-testid="finished-steps">
      <summary className="cursor-pointer text-[12.5px] text-muted">
        <span>{t('boards.when.finished', { count: finishedSteps.length })}</span>
        {failed > 0 ? <span className="text-sinopia">{` · ${t('boards.when.failed', { count: failed })}`}</span> : null}
      </summary>
      <ol className="mt-2 flex flex-col gap-1.5">
        {finishedSteps.map((step) => (
          <li key={`${step.id} ${step.ranAt}`} className="flex items-baseline gap-3">
            <i aria-hidden="true" className={`size-2 shrink-0 rounded-full ${step.error === null ? 'bg-verdigris' : 'bg-sinopia'}`} />
            <span className="numbers shrink-0 text-[12.5px] text-muted">{t('boards.when.moment', { at: new Date(step.ranAt) })}</span>
            <span className="min-w-0 break-words">
              <span className="block">{stepText(words, board, step)}</span>
              {step.error === null ? null : <span className="block text-[12.5px] text-sinopia">{step.error}</span>}
            </span>
          </li>
        ))}
      </ol>
    </details>
  )
}

/** A step in one line. */
const stepText = ({ t, list }: OperationsWords, board: AdminCanvas, step: ShownStep): string => {
  switch (step.type) {
    case 'open':
    case 'pause':
    case 'close':
      return t(`boards.when.types.${step.type}`)
    case 'pace': {
      const parts = [
        step.cooldownMs === undefined ? [] : [t('boards.when.summary.cooldown', { seconds: step.cooldownMs / 1_000 })],
        step.maxCharges === undefined ? [] : [t('boards.when.summary.most', { count: step.maxCharges })],
        step.startCharges === undefined ? [] : [t('boards.when.summary.start', { count: step.startCharges })],
      ]
      return t('boards.when.summary.pace', { parts: list(parts.flat()) })
    }
    case 'grow':
      return t('boards.when.summary.grow', { width: step.width, height: step.height })
    case 'colors':
      return t('boards.when.summary.colors', { names: list(step.names) })
    case 'announce':
      return t('boards.when.summary.announce', { text: step.text })
    case 'finale':
      return step.color === null
        ? t('boards.when.summary.finaleOver')
        : t('boards.when.summary.finale', { name: board.colorNames[step.color] ?? String(step.color) })
  }
}

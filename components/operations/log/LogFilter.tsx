import type { AdminCanvas } from '../../../lib/show-canvas.ts'
import { SelectField } from '../fields/SelectField.tsx'
import { useOperationsWords } from '../use-operations-words.ts'
import { actKinds } from './act-words.ts'
import type { Filter } from './log-store.ts'

interface LogFilterProps {
  readonly filter: Filter
  /** Null while they are loading. */
  readonly boards: readonly AdminCanvas[] | null
  readonly onChoose: (filter: Filter) => void
}

/** Chooses which acts are shown. Only acts on boards have a board. */
export const LogFilter = ({ filter, boards, onChoose }: LogFilterProps) => {
  const { t } = useOperationsWords()
  const kinds = actKinds.map((kind) => ({ value: kind as string, text: t(`log.kinds.${kind}`) }))
  const all = (boards ?? []).map(({ id, title }) => ({ value: id as string, text: title }))
  return (
    <div className="grid grid-cols-2 gap-3 border-line border-b pb-4 sm:flex sm:*:w-60">
      <SelectField
        label={t('log.kind')}
        name="kind"
        value={filter.kind}
        options={[{ value: '', text: t('log.allKinds') }, ...kinds]}
        onChange={(kind) => onChoose({ kind, target: '' })}
      />
      <SelectField
        label={t('log.board')}
        name="board"
        value={filter.target}
        options={[{ value: '', text: t('log.allBoards') }, ...all]}
        isDisabled={filter.kind !== '' && filter.kind !== 'canvas'}
        onChange={(target) => onChoose({ kind: target === '' ? '' : 'canvas', target })}
      />
    </div>
  )
}

import type { Overview, WorkerOverview, WorkerState } from '../../lib/overview.ts'
import { roleText } from '../../lib/words/operations-words.ts'
import { Table } from './Table.tsx'
import { useOperationsWords } from './use-operations-words.ts'

const stateColor: Record<WorkerState, string> = {
  running: 'bg-verdigris',
  backing_off: 'bg-ochre',
  stopped: 'bg-ochre',
  lost: 'bg-sinopia',
}

/** The kind of a process, and a part of its id that identifies it in other tables. */
const Name = ({ kind, id }: { kind: string; id: string }) => (
  <span>
    <span>{kind}</span>
    <span className="numbers text-muted" title={id} translate="no">{` ${id.slice(-8, -4)}`}</span>
  </span>
)

export const Workers = ({ overview: { at, workers } }: { overview: Overview }) => {
  const words = useOperationsWords()
  const { t, number, age } = words
  const isMixed = new Set(workers.map(({ version }) => version)).size > 1
  return (
    <Table
      title={t('workers')}
      columns={[
        t('columns.worker'),
        t('columns.state'),
        t('columns.done'),
        t('columns.failures'),
        t('columns.heartbeat'),
        ...(isMixed ? [t('columns.version')] : []),
      ]}
      wordColumns={2}
      wideOnly={[2, 3]}
      rows={workers.map((worker) => ({
        id: worker.id,
        cells: [
          <Name key="name" kind={roleText(words, worker.role)} id={worker.id} />,
          <State key="state" worker={worker} />,
          number(worker.processed),
          number(worker.failures),
          age(Math.max(0, Date.parse(at) - Date.parse(worker.lastBeatAt))),
          ...(isMixed ? [worker.version ?? t('none')] : []),
        ],
      }))}
    />
  )
}

const State = ({ worker: { state, lastError } }: { worker: WorkerOverview }) => {
  const { t } = useOperationsWords()
  return (
    <span className="flex items-center gap-2" title={lastError ?? undefined} translate="no">
      <i aria-hidden="true" className={`size-2 shrink-0 rounded-full ${stateColor[state]}`} />
      <span translate="yes">{t(`states.${state}`)}</span>
    </span>
  )
}

export const Groups = ({ overview: { groups } }: { overview: Overview }) => {
  const { t, number } = useOperationsWords()
  return (
    <Table
      title={t('groups.title')}
      columns={[t('columns.group'), t('columns.kind'), t('columns.consumers'), t('columns.pending'), t('columns.lag')]}
      wordColumns={2}
      wideOnly={[1, 2]}
      empty={t('groups.empty')}
      rows={groups.map(({ name, kind, consumers, pending, lag }) => ({
        id: name,
        cells: [
          kind === 'broadcast' ? (
            <Name key="name" kind={t('gateways.name')} id={name} />
          ) : (
            <span key="name" translate="no">
              {name}
            </span>
          ),
          <span key="kind" className="text-muted">
            {t(`kinds.${kind}`)}
          </span>,
          number(consumers),
          number(pending),
          lag === null ? t('none') : number(lag),
        ],
      }))}
    />
  )
}

export const Gateways = ({ overview: { gateways } }: { overview: Overview }) => {
  const { t, number } = useOperationsWords()
  return (
    <Table
      title={t('gateways.title')}
      columns={[t('columns.gateway'), t('columns.sockets'), t('columns.boards'), t('columns.healed')]}
      wordColumns={1}
      wideOnly={[3]}
      empty={t('gateways.empty')}
      rows={gateways.map(({ id, sockets, boards, healedGaps }) => ({
        id,
        cells: [<Name key="name" kind={t('gateways.name')} id={id} />, number(sockets), number(boards), number(healedGaps)],
      }))}
    />
  )
}

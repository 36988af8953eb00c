import type { Overview, WorkerOverview, WorkerState } from '../../lib/overview.ts'
import { showMs } from '../../lib/verdict.ts'
import { operations as words } from '../../lib/words/en-operations.ts'
import { Table } from './Table.tsx'

const stateColor: Record<WorkerState, string> = {
  running: 'bg-verdigris',
  backing_off: 'bg-ochre',
  stopped: 'bg-ochre',
  lost: 'bg-sinopia',
}

/** To a tenth of a second: signs of life are a second apart. */
const showAge = (ms: number) => (ms < 1_000 ? `${(ms / 1_000).toFixed(1)} s` : showMs(ms))

const count = (value: number) => value.toLocaleString('en')

/** What it is, and enough of its id to find it in another table. */
const Name = ({ kind, id }: { kind: string; id: string }) => (
  <span title={id}>
    <span>{kind}</span>
    <span className="numbers text-muted">{` ${id.slice(-8, -4)}`}</span>
  </span>
)

export const Workers = ({ overview: { at, workers } }: { overview: Overview }) => (
  <Table
    title={words.workers.title}
    columns={words.workers.columns}
    wordColumns={2}
    wideOnly={[2, 3]}
    rows={workers.map((worker) => ({
      id: worker.id,
      cells: [
        <Name key="name" kind={worker.role} id={worker.id} />,
        <State key="state" worker={worker} />,
        count(worker.processed),
        count(worker.failures),
        showAge(Math.max(0, Date.parse(at) - Date.parse(worker.lastBeatAt))),
      ],
    }))}
  />
)

const State = ({ worker: { state, lastError } }: { worker: WorkerOverview }) => (
  <span className="flex items-center gap-2" title={lastError ?? undefined}>
    <i aria-hidden="true" className={`size-2 shrink-0 rounded-full ${stateColor[state]}`} />
    <span>{words.states[state]}</span>
  </span>
)

export const Groups = ({ overview: { groups } }: { overview: Overview }) => (
  <Table
    title={words.groups.title}
    columns={words.groups.columns}
    wordColumns={2}
    wideOnly={[1, 2]}
    empty={words.groups.empty}
    rows={groups.map(({ name, kind, consumers, pending, lag }) => ({
      id: name,
      cells: [
        kind === 'broadcast' ? <Name key="name" kind={words.gateways.name} id={name} /> : name,
        <span key="kind" className="text-muted">
          {kind}
        </span>,
        count(consumers),
        count(pending),
        lag === null ? '–' : count(lag),
      ],
    }))}
  />
)

export const Gateways = ({ overview: { gateways } }: { overview: Overview }) => (
  <Table
    title={words.gateways.title}
    columns={words.gateways.columns}
    wordColumns={1}
    wideOnly={[3]}
    empty={words.gateways.empty}
    rows={gateways.map(({ id, sockets, boards, healedGaps }) => ({
      id,
      cells: [<Name key="name" kind={words.gateways.name} id={id} />, count(sockets), count(boards), count(healedGaps)],
    }))}
  />
)

import { ImageOff } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { AdminCanvas } from '../../../lib/show-canvas.ts'
import { Table } from '../Table.tsx'
import { useOperationsWords } from '../use-operations-words.ts'
import { type StateText, stateText } from './board-words.ts'

const markStyle: Record<StateText['mark'], string> = {
  well: 'rounded-full bg-verdigris',
  waiting: 'rounded-full bg-ochre',
  over: 'rounded-[2px] bg-muted',
}

const newThumbnailEveryMs = 60_000

interface BoardListProps {
  /** Null while they are loading. */
  readonly boards: readonly AdminCanvas[] | null
  readonly chosen: string | undefined
  readonly isOld: boolean
  readonly onChoose: (id: string) => void
}

export const BoardList = ({ boards, chosen, isOld, onChoose }: BoardListProps) => {
  const { t, number } = useOperationsWords()
  const rateText = (perSecond: number | null) => (perSecond === null ? t('none') : t('boards.rate', { perSecond }))
  if (boards === null) return <Loading isMoving={!isOld} />
  return (
    <div className={`min-w-0 transition-opacity [&>section]:max-h-[70dvh] ${isOld ? 'opacity-50' : ''}`} data-testid="boards">
      <Table
        title={t('boards.list')}
        columns={[t('boards.board'), t('columns.state'), t('boards.size'), t('boards.here'), t('boards.perSecond')]}
        wordColumns={2}
        wideOnly={[2, 4]}
        empty={t('boards.empty')}
        chosen={chosen}
        rows={boards.map((board) => ({
          id: board.id,
          cells: [
            <Name key="name" board={board} isChosen={board.id === chosen} onChoose={onChoose} />,
            <State key="state" board={board} />,
            t('boards.sizeOf', { width: board.width, height: board.height }),
            number(board.online),
            rateText(board.perSecond),
          ],
        }))}
      />
    </div>
  )
}

const State = ({ board }: { readonly board: AdminCanvas }) => {
  const { mark, word, detail } = stateText(useOperationsWords(), board)
  return (
    <span className="flex items-baseline gap-2" data-state={board.state}>
      <i aria-hidden="true" className={`size-2 shrink-0 ${markStyle[mark]}`} />
      <span className="max-sm:whitespace-normal">
        <span className="block">{word}</span>
        {detail === null ? null : <span className="block text-[12.5px] text-muted">{detail}</span>}
      </span>
    </span>
  )
}

interface NameProps {
  readonly board: AdminCanvas
  readonly isChosen: boolean
  readonly onChoose: (id: string) => void
}

const Name = ({ board, isChosen, onChoose }: NameProps) => {
  const { t } = useOperationsWords()
  return (
    <button
      type="button"
      aria-current={isChosen ? 'true' : undefined}
      className="flex items-center gap-3 rounded-button pr-2 text-left hover:text-ultramarine aria-[current=true]:text-ultramarine"
      onClick={() => onChoose(board.id)}
    >
      <Thumbnail board={board} />
      <span className="min-w-0 max-w-[26ch] max-sm:max-w-[22vw] xl:max-w-[15ch]" translate="no">
        <span dir="auto" className="block truncate text-left font-medium">
          {board.title}
        </span>
        <span className="block truncate font-mono text-[12.5px] text-muted">{t('boards.address', { id: board.id })}</span>
      </span>
    </button>
  )
}

const Thumbnail = ({ board }: { board: AdminCanvas }) => {
  const [turn, setTurn] = useState(0)
  const [failedTurn, setFailedTurn] = useState(-1)
  useEffect(() => {
    const timer = setInterval(() => setTurn((value) => value + 1), newThumbnailEveryMs)
    return () => clearInterval(timer)
  }, [])
  const frame = 'size-9 shrink-0 rounded-swatch border border-line bg-plaster'
  if (board.erasing !== null) return <span aria-hidden="true" className={`border-dashed ${frame}`} />
  if (failedTurn === turn) {
    return (
      <span className={`grid place-items-center text-muted ${frame}`}>
        <ImageOff size={16} strokeWidth={1.8} aria-hidden />
      </span>
    )
  }
  return (
    // biome-ignore lint/performance/noImgElement: Next's own image would copy the picture on the server.
    <img
      src={`/api/canvases/${board.id}/thumbnail.png?v=${board.epoch}-${board.rev}-${turn}`}
      alt=""
      width={36}
      height={36}
      className={`object-cover ${frame}`}
      onError={() => setFailedTurn(turn)}
    />
  )
}

/** The layout of the list, in quiet bars. */
const Loading = ({ isMoving }: { isMoving: boolean }) => {
  const { t } = useOperationsWords()
  return (
    <section className="panel min-w-0 p-4 sm:p-5" aria-label={t('boards.list')} aria-busy={isMoving}>
      <h2 className="text-[12.5px] text-muted">{t('boards.list')}</h2>
      <div aria-hidden="true" className={`mt-4 flex items-center gap-3 pb-1 ${isMoving ? 'breathing' : ''}`}>
        <span className="size-9 rounded-swatch bg-ink/6" />
        <span className="h-4 w-40 rounded-full bg-ink/6" />
        <span className="ml-auto h-4 w-16 rounded-full bg-ink/6" />
      </div>
    </section>
  )
}

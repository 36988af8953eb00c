import { ImageOff } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { CanvasState } from '../../../lib/canvas.ts'
import type { AdminCanvas } from '../../../lib/show-canvas.ts'
import { Table } from '../Table.tsx'
import { useOperationsWords } from '../use-operations-words.ts'

const stateMark: Record<CanvasState, string> = {
  open: 'rounded-full bg-verdigris',
  paused: 'rounded-full bg-ochre',
  closed: 'rounded-[2px] bg-muted',
}

/** The picture of a larger board would cost the server and the browser too much for a thumbnail. */
const maxThumbnailPixels = 4_000_000
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
  if (boards === null) return <Loading isMoving={!isOld} />
  return (
    <div className={`min-w-0 transition-opacity ${isOld ? 'opacity-50' : ''}`} data-testid="boards">
      <Table
        title={t('boards.list')}
        columns={[t('boards.board'), t('columns.state'), t('boards.size'), t('boards.rev'), t('boards.here')]}
        wordColumns={2}
        wideOnly={[2, 3]}
        empty={t('boards.empty')}
        chosen={chosen}
        rows={boards.map((board) => ({
          id: board.id,
          cells: [
            <Name key="name" board={board} isChosen={board.id === chosen} onChoose={onChoose} />,
            <span key="state" className="flex items-center gap-2" data-state={board.state}>
              <i aria-hidden="true" className={`size-2 shrink-0 ${stateMark[board.state]}`} />
              <span>{t(`boards.states.${board.state}`)}</span>
            </span>,
            t('boards.sizeOf', { width: board.width, height: board.height }),
            number(board.rev),
            number(board.online),
          ],
        }))}
      />
    </div>
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
      <span className="min-w-0 max-w-[26ch] max-sm:max-w-[22vw]" translate="no">
        <span className="block truncate font-medium">{board.title}</span>
        <span className="block truncate font-mono text-[12.5px] text-muted">{t('boards.address', { id: board.id })}</span>
      </span>
    </button>
  )
}

const Thumbnail = ({ board: { id, epoch, rev, width, height } }: { board: AdminCanvas }) => {
  const [turn, setTurn] = useState(0)
  const [failedTurn, setFailedTurn] = useState(-1)
  useEffect(() => {
    const timer = setInterval(() => setTurn((value) => value + 1), newThumbnailEveryMs)
    return () => clearInterval(timer)
  }, [])
  const frame = 'size-9 shrink-0 rounded-swatch border border-line bg-plaster'
  if (width * height > maxThumbnailPixels || failedTurn === turn) {
    return (
      <span className={`grid place-items-center text-muted ${frame}`}>
        <ImageOff size={16} strokeWidth={1.8} aria-hidden />
      </span>
    )
  }
  return (
    // biome-ignore lint/performance/noImgElement: Next's own image would copy the picture on the server.
    <img
      src={`/api/canvases/${id}/board.png?v=${epoch}-${rev}-${turn}`}
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

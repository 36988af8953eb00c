'use client'

/** The card about one cell. It is not modal and stays at its cell while the board moves. On an upright phone it is a sheet or a strip. */
import { ChevronDown, ChevronUp, X } from 'lucide-react'
import { useRef } from 'react'
import type { BoardPoint } from '../../../lib/geometry.ts'
import { useWords } from '../../language.tsx'
import { IconButton } from '../../ui/IconButton.tsx'
import { useCanvasParts, useUi } from '../canvas-context.ts'
import { LoadedContent } from '../LoadedContent.tsx'
import { inspect } from '../ui-store.ts'
import { useFocusWhileOpen } from '../use-focus-while-open.ts'
import { useSheets } from '../use-media-query.ts'
import { useCardBesideCell, useCellAboveSheet, useMarkOnCell } from './use-cell-position.ts'

type Form = 'card' | 'sheet' | 'strip'

const useInspected = (): { cell: BoardPoint | null; form: Form; key: string } => {
  const cell = useUi((state) => state.inspected)
  const isLow = useUi((state) => state.inspectorIsLow)
  const form = useSheets() ? (isLow ? 'strip' : 'sheet') : 'card'
  return { cell, form, key: `${cell?.gx} ${cell?.gy}` }
}

export const InspectorCard = () => {
  const { cell, form, key } = useInspected()
  return cell && form !== 'strip' ? <OpenInspector key={key} cell={cell} form={form} /> : null
}

/** The low form on a phone, above the dock. */
export const InspectorStrip = () => {
  const { cell, form, key } = useInspected()
  return cell && form === 'strip' ? <OpenInspector key={key} cell={cell} form={form} /> : null
}

export const InspectedMark = () => {
  const { cell, key } = useInspected()
  return cell && <Mark key={key} cell={cell} />
}

/** White and black: one of them stands out on every color. */
const Mark = ({ cell }: { cell: BoardPoint }) => {
  const mark = useRef<HTMLDivElement>(null)
  useMarkOnCell(cell, mark)
  return (
    <div
      ref={mark}
      aria-hidden
      data-testid="inspected-mark"
      className="pointer-events-none absolute box-content -m-0.5 border-2 border-white outline-2 outline-black"
    />
  )
}

const loadDetails = () => import('./CellDetails.tsx').then(({ CellDetails }) => CellDetails)

const formClass: Readonly<Record<Form, string>> = {
  card: 'absolute z-30 w-[292px] max-h-[min(430px,calc(100dvh-192px))] short:max-h-[calc(100dvh-16px)]',
  sheet: 'absolute inset-x-2.5 bottom-[max(10px,env(safe-area-inset-bottom))] z-40 max-h-[62dvh] min-h-[52dvh]',
  strip: 'relative pointer-events-auto w-full max-w-[480px]',
}

const OpenInspector = ({ cell, form }: { cell: BoardPoint; form: Form }) => {
  const { t } = useWords()
  const { ui } = useCanvasParts()
  const card = useFocusWhileOpen()
  useCardBesideCell(cell, card, form === 'card')
  useCellAboveSheet(cell, card, form === 'sheet')
  return (
    <section
      ref={card}
      role="dialog"
      aria-label={t('inspector.title', { x: cell.gx, y: cell.gy })}
      tabIndex={-1}
      data-testid="inspector"
      data-state={form}
      className={`card rising flex flex-col overflow-hidden outline-none ${formClass[form]}`}
    >
      <LoadedContent load={loadDetails} className="p-4 pe-12" />
      <span className="absolute end-1.5 top-1.5 flex">
        {form !== 'card' && (
          <IconButton
            icon={form === 'strip' ? ChevronUp : ChevronDown}
            label={t(form === 'strip' ? 'panel.raise' : 'panel.lower')}
            onClick={() => ui.setState({ inspectorIsLow: form !== 'strip' })}
          />
        )}
        <IconButton icon={X} label={t('panel.close')} onClick={() => inspect(ui, null)} />
      </span>
    </section>
  )
}

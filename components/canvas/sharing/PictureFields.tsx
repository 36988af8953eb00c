'use client'

/** Downloads what the window shows, or the whole board, as a picture. */
import { Download } from 'lucide-react'
import { useId, useState, useSyncExternalStore } from 'react'
import { useWords } from '../../language.tsx'
import { useCanvasParts } from '../canvas-context.ts'
import type { CanvasInfo } from '../session/types.ts'
import { buttonClass } from './button-class.ts'
import { maxPictureSide, type PicturePart, pictureOf, viewPart } from './picture-part.ts'

const scales = [1, 2, 3, 4, 5, 6, 7, 8] as const

/** The cells in the window, as a text, so that it changes only with the cells. */
const useViewPart = (canvas: CanvasInfo): PicturePart => {
  const { engine, ui } = useCanvasParts()
  const text = useSyncExternalStore(ui.subscribe, () =>
    JSON.stringify(viewPart(canvas, engine.view(), { width: innerWidth, height: innerHeight })),
  )
  return JSON.parse(text) as PicturePart
}

export const PictureFields = ({ canvas }: { canvas: CanvasInfo }) => {
  const { t } = useWords()
  const [isWhole, setWhole] = useState(false)
  const [wanted, setWanted] = useState(4)
  const headingId = useId()
  const view = useViewPart(canvas)
  const part = isWhole ? { x: 0, y: 0, width: canvas.width, height: canvas.height } : view
  const fits = (scale: number) => Math.max(part.width, part.height) * scale <= maxPictureSide
  const scale = scales.findLast((each) => each <= wanted && fits(each)) ?? 1
  return (
    <section aria-labelledby={headingId} className="space-y-2 border-line border-t pt-4">
      <h3 id={headingId} className="text-[12.5px] font-medium text-muted">
        {t('sharing.picture')}
      </h3>
      <div className="flex gap-2">
        <Select label={t('sharing.part')} value={isWhole ? 'board' : 'view'} onChange={(value) => setWhole(value === 'board')}>
          <option value="view">{t('sharing.view')}</option>
          <option value="board">{t('sharing.board')}</option>
        </Select>
        <Select label={t('sharing.scale')} value={String(scale)} onChange={(value) => setWanted(Number(value))}>
          {scales.map((each) => (
            <option key={each} value={each} disabled={!fits(each)}>
              {t('sharing.times', { scale: each })}
            </option>
          ))}
        </Select>
      </div>
      <a href={pictureOf(canvas.id, part, scale)} download={`${canvas.id}.png`} data-testid="download-picture" className={buttonClass}>
        <Download size={17} strokeWidth={1.8} aria-hidden />
        <span>{t('sharing.download', { width: part.width * scale, height: part.height * scale })}</span>
      </a>
    </section>
  )
}

interface SelectProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly children: React.ReactNode
}

const Select = ({ label, value, onChange, children }: SelectProps) => (
  <select
    aria-label={label}
    value={value}
    onChange={(event) => onChange(event.target.value)}
    className="h-9 min-w-0 flex-1 rounded-button border border-line bg-surface px-2 pointer-coarse:h-[44px]"
  >
    {children}
  </select>
)

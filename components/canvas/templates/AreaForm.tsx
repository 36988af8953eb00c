'use client'

import { useId, useState } from 'react'
import { copyArea } from '../../../lib/templates/copy-area.ts'
import { defaultAppearance, templateLimits } from '../../../lib/templates/template.ts'
import { useWords } from '../../language.tsx'
import { useCanvasParts, useSession } from '../canvas-context.ts'
import { announce } from '../ui-store.ts'
import { newKey } from './template-shelf.ts'
import { useLoadedTemplates } from './use-templates.ts'

const fields = ['x', 'y', 'width', 'height'] as const
type TypedArea = Record<(typeof fields)[number], number>

/** Copies a part of the board as it is shown. */
export const AreaForm = ({ onClose }: { onClose: () => void }) => {
  const { t } = useWords()
  const { engine, ui } = useCanvasParts()
  const { store } = useLoadedTemplates()
  const canvas = useSession((state) => state.canvas)
  const [typed, setTyped] = useState(() => {
    const { x, y, width, height } = areaInView(engine.view(), canvas ?? { width: 1, height: 1 })
    return { x: String(x), y: String(y), width: String(width), height: String(height) }
  })
  const [missing, setMissing] = useState(0)
  const area = canvas && areaOf(typed, canvas)
  const make = () => {
    if (!area || !canvas) return
    const copied = copyArea({ gx: area.x, gy: area.y, width: area.width, height: area.height }, (cell) => engine.pixelAt(cell))
    setMissing(copied.missing)
    if (copied.missing === area.width * area.height) return
    const name = t('templates.area.name', { x: area.x, y: area.y })
    store.add({ ...defaultAppearance, id: newKey(), name, x: area.x, y: area.y, picture: copied.picture, source: { kind: 'device' } })
    announce(ui, t('templates.placed', { name, x: area.x, y: area.y }))
    if (copied.missing === 0) onClose()
  }
  return (
    <form
      data-testid="area-form"
      className="space-y-3 p-4"
      onSubmit={(event) => {
        event.preventDefault()
        make()
      }}
    >
      <p className="font-medium">{t('templates.area.open')}</p>
      <div dir="ltr" className="grid grid-cols-2 gap-2">
        {fields.map((field) => (
          <AreaField key={field} field={field} value={typed[field]} onChange={(value) => setTyped({ ...typed, [field]: value })} />
        ))}
      </div>
      {!area && <p className="text-[13px] text-muted">{t('templates.area.wrong', { max: templateLimits.maxCells })}</p>}
      {missing > 0 && (
        <p role="status" className="text-[13px] text-muted">
          {t('templates.area.missing', { count: missing })}
        </p>
      )}
      <div className="flex gap-2">
        <button
          type="submit"
          disabled={!area}
          className="h-9 rounded-button bg-ultramarine px-4 font-medium text-on-accent disabled:bg-line disabled:text-muted pointer-coarse:h-[44px]"
        >
          {t('templates.area.make')}
        </button>
        <button
          type="button"
          onClick={onClose}
          className="h-9 rounded-button border border-line px-3.5 hover:bg-ink/6 pointer-coarse:h-[44px]"
        >
          {t('templates.cancel')}
        </button>
      </div>
    </form>
  )
}

const AreaField = ({ field, value, onChange }: { field: (typeof fields)[number]; value: string; onChange: (value: string) => void }) => {
  const { t } = useWords()
  const id = useId()
  return (
    <label
      htmlFor={id}
      className="flex h-9 items-center gap-2 rounded-button border border-line bg-plaster px-3 text-[12.5px] text-muted pointer-coarse:h-[44px]"
    >
      <span className="shrink-0">{t(field === 'x' || field === 'y' ? `templates.${field}` : `templates.area.${field}`)}</span>
      <input
        id={id}
        inputMode="numeric"
        autoComplete="off"
        value={value}
        onChange={({ target }) => onChange(target.value)}
        className="numbers min-w-0 flex-1 bg-transparent text-end text-ink outline-none"
      />
    </label>
  )
}

const areaInView = (
  { centerX, centerY, zoom }: { centerX: number; centerY: number; zoom: number },
  board: { width: number; height: number },
): TypedArea => {
  const clamp = (value: number, max: number) => Math.min(max, Math.max(0, Math.round(value)))
  const [halfWidth, halfHeight] = [innerWidth / zoom / 4, innerHeight / zoom / 4]
  const [x, y] = [clamp(centerX - halfWidth, board.width - 1), clamp(centerY - halfHeight, board.height - 1)]
  return {
    x,
    y,
    width: Math.max(1, clamp(centerX + halfWidth, board.width) - x),
    height: Math.max(1, clamp(centerY + halfHeight, board.height) - y),
  }
}

/** Null if it is not a part of the board, or too large. */
const areaOf = (typed: Record<keyof TypedArea, string>, board: { width: number; height: number }): TypedArea | null => {
  const number = (text: string) => (text.trim() === '' ? Number.NaN : Number(text))
  const area = { x: number(typed.x), y: number(typed.y), width: number(typed.width), height: number(typed.height) }
  const { x, y, width, height } = area
  const isWhole = [x, y, width, height].every(Number.isInteger)
  const isInside = x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= board.width && y + height <= board.height
  return isWhole && isInside && width * height <= templateLimits.maxCells ? area : null
}

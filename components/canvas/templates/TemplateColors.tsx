'use client'

/** What is left of each color, and the filter: one color, or the chosen one. */
import { Switch } from 'radix-ui'
import { useId, useState } from 'react'
import { useStore } from 'zustand'
import { type ColorCounts, leftOf } from '../../../lib/templates/progress.ts'
import { colorText } from '../../../lib/words/page-words.ts'
import { useWords } from '../../language.tsx'
import { useColorInUse, useSession, useUi } from '../canvas-context.ts'
import { colorName } from '../ui-store.ts'
import SymbolIcon from './SymbolIcon.tsx'
import type { TemplateNumbersProps } from './TemplateNumbers.tsx'

/** Rows that are shown before the painter asks for all. */
const firstRows = 5

export const TemplateColors = ({ view, templateId }: TemplateNumbersProps) => {
  const { t } = useWords()
  const id = useId()
  const progress = useStore(view.state, (state) => state.progress.get(templateId))
  const filter = useStore(view.state, (state) => state.filter)
  const chosen = useColorInUse()
  const [isOpen, setIsOpen] = useState(false)
  const only = filter.kind === 'all' ? null : filter.kind === 'color' ? filter.color : chosen
  const left = (progress?.colors ?? []).filter((color) => leftOf(color) > 0 && (only === null || color.color === only))
  const rows = left.toSorted((a, b) => leftOf(b) - leftOf(a) || a.color - b.color)
  const hidden = rows.length - firstRows
  return (
    <section aria-label={t('templateView.colors')} data-testid="template-colors">
      <div className="flex min-h-9 items-center justify-between gap-3">
        <h3 className="font-medium text-[12.5px] text-muted">{t('templateView.colors')}</h3>
        <label htmlFor={id} className="flex items-center gap-2 text-[12.5px]">
          <span>{t('templateView.onlyMine')}</span>
          <Switch.Root
            id={id}
            checked={filter.kind === 'chosen'}
            onCheckedChange={(on) => view.setFilter(on ? { kind: 'chosen' } : { kind: 'all' })}
            className="h-6 w-10 shrink-0 rounded-full bg-line p-0.5 transition-colors data-[state=checked]:bg-ultramarine"
          >
            <Switch.Thumb className="block size-5 rounded-full bg-surface transition-transform data-[state=checked]:translate-x-4 rtl:data-[state=checked]:-translate-x-4" />
          </Switch.Root>
        </label>
      </div>
      {progress && rows.length === 0 && only === null && <p className="text-[13px] text-muted">{t('templateView.done')}</p>}
      <ul className="mt-1">
        {(isOpen ? rows : rows.slice(0, firstRows)).map((color) => (
          <ColorRow
            key={color.color}
            counts={color}
            isOnly={filter.kind === 'color'}
            onChoose={() => view.setFilter(filter.kind === 'color' ? { kind: 'all' } : { kind: 'color', color: color.color })}
          />
        ))}
      </ul>
      {filter.kind === 'color' && <TextButton label={t('templateView.allColors')} onClick={() => view.setFilter({ kind: 'all' })} />}
      {hidden > 0 && (
        <TextButton
          label={isOpen ? t('templateView.fewerColors') : t('templateView.moreColors', { count: hidden })}
          onClick={() => setIsOpen(!isOpen)}
        />
      )}
    </section>
  )
}

const TextButton = ({ label, onClick }: { label: string; onClick: () => void }) => (
  <button type="button" onClick={onClick} className="min-h-9 text-[12.5px] text-muted hover:text-ink max-sm:min-h-11">
    {label}
  </button>
)

const ColorRow = ({ counts, isOnly, onChoose }: { counts: ColorCounts; isOnly: boolean; onChoose: () => void }) => {
  const words = useWords()
  const canvas = useSession((state) => state.canvas)
  const hasSymbols = useUi((state) => state.symbols)
  if (!canvas) return null
  const { color, right } = counts
  const left = leftOf(counts)
  const name = colorText(words, colorName(canvas, color))
  return (
    <li>
      <button
        type="button"
        aria-pressed={isOnly}
        onClick={onChoose}
        data-template-color={color}
        className="flex min-h-9 w-full items-center gap-2.5 text-start text-[13px] max-sm:min-h-11"
      >
        <span
          aria-hidden
          style={{ backgroundColor: canvas.palette[color] }}
          className="grid size-5 shrink-0 place-items-center rounded-swatch border border-ink/15"
        >
          {hasSymbols && <SymbolIcon color={color} hex={canvas.palette[color] ?? ''} />}
        </span>
        <span className="sr-only">{words.t('templateView.color', { color: name, count: left })}</span>
        <span aria-hidden className="min-w-0 flex-1 truncate first-letter:uppercase">
          {name}
        </span>
        <span aria-hidden className="h-1.5 w-24 overflow-hidden rounded-full bg-line">
          <span className="block h-full bg-verdigris" style={{ width: `${(100 * right) / (right + left)}%` }} />
        </span>
        <span aria-hidden className="w-12 text-end font-mono tabular-nums">
          {words.number(left)}
        </span>
      </button>
    </li>
  )
}

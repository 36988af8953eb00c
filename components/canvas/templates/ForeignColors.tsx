'use client'

import { MoveRight } from 'lucide-react'
import { Switch } from 'radix-ui'
import { useId } from 'react'
import type { ForeignColor } from '../../../lib/templates/color-plan.ts'
import { hexOfRgb } from '../../../lib/templates/match-colors.ts'
import { noCell } from '../../../lib/templates/template.ts'
import { colorText } from '../../../lib/words/page-words.ts'
import { useWords } from '../../language.tsx'
import { useSession } from '../canvas-context.ts'
import { colorName } from '../ui-store.ts'
import type { ImportState } from './template-imports.ts'
import { useLoadedTemplates, usePalette } from './use-templates.ts'

type State = Extract<ImportState, { step: 'placing' }>

/** Of a photograph, whose colors nobody chooses one by one. */
const maxShown = 40

/** The colors that the board lacks, and what is painted instead. */
export const ForeignColors = ({ state }: { state: State }) => {
  const { t } = useWords()
  const { imports } = useLoadedTemplates()
  const mixId = useId()
  const { foreign } = state.decoded.picture
  const cells = foreign.reduce((sum, color) => sum + color.cells, 0)
  return (
    <>
      <div className="p-4" data-testid="foreign-colors">
        <p className="flex items-center gap-2.5 font-medium">
          <span aria-hidden className="size-2 shrink-0 rounded-full bg-ochre" />
          <span>{t('templates.colors.title', { count: foreign.length })}</span>
        </p>
        <p className="mt-1 text-[13px] text-muted">{t('templates.colors.body', { count: cells })}</p>
        <ul className="mt-2.5 space-y-1.5">
          {foreign.slice(0, maxShown).map((color) => (
            <ColorRow key={color.number} color={color} state={state} />
          ))}
        </ul>
        {foreign.length > maxShown && (
          <p className="mt-2 text-[13px] text-muted">{t('templates.colors.more', { count: foreign.length - maxShown })}</p>
        )}
      </div>
      <label htmlFor={mixId} className="flex min-h-[44px] items-center justify-between gap-4 px-4 py-3">
        <span>
          <span>{t('templates.mix.label')}</span>
          <span className="block text-[12.5px] text-muted">{t('templates.mix.hint')}</span>
        </span>
        <Switch.Root
          id={mixId}
          checked={state.plan.isMixed}
          onCheckedChange={(isMixed) => imports.setPlan({ ...state.plan, isMixed })}
          className="h-6 w-10 shrink-0 rounded-full bg-line p-0.5 transition-colors data-[state=checked]:bg-ultramarine"
        >
          <Switch.Thumb className="block size-5 rounded-full bg-surface transition-transform data-[state=checked]:translate-x-4 rtl:data-[state=checked]:-translate-x-4" />
        </Switch.Root>
      </label>
    </>
  )
}

const Swatch = ({ hex }: { hex: string | undefined }) => (
  <span
    aria-hidden
    style={{ backgroundColor: hex ?? 'transparent' }}
    className={`size-6 shrink-0 rounded-swatch border forced-color-adjust-none ${hex ? 'border-ink/15' : 'border-muted border-dashed'}`}
  />
)

const ColorRow = ({ color, state }: { color: ForeignColor; state: State }) => {
  const words = useWords()
  const { t } = words
  const { imports } = useLoadedTemplates()
  const palette = usePalette()
  const canvas = useSession((each) => each.canvas)
  const hex = hexOfRgb(color.rgb)
  const chosen = state.plan.choices.get(color.number)
  const shown = chosen ?? color.nearest
  const choose = (value: string) => {
    const choices = new Map(state.plan.choices)
    if (value === 'nearest') choices.delete(color.number)
    else choices.set(color.number, Number(value))
    imports.setPlan({ ...state.plan, choices })
  }
  const nameOf = (index: number) => (canvas ? colorText(words, colorName(canvas, index)) : '')
  return (
    <li className="flex items-center gap-2.5">
      <Swatch hex={hex} />
      <MoveRight size={14} strokeWidth={1.8} aria-hidden className="shrink-0 text-muted rtl:-scale-x-100" />
      <Swatch hex={shown === noCell ? undefined : palette[shown]} />
      <select
        aria-label={t('templates.colors.instead', { color: hex })}
        value={chosen === undefined ? 'nearest' : String(chosen)}
        onChange={({ target }) => choose(target.value)}
        className="h-8 min-w-0 flex-1 rounded-[8px] bg-surface hover:bg-ink/6 pointer-coarse:h-[44px]"
      >
        <option value="nearest">{t('templates.colors.nearest', { color: nameOf(color.nearest) })}</option>
        {palette.map((paletteHex, index) => (
          <option key={paletteHex} value={index}>
            {nameOf(index)}
          </option>
        ))}
        <option value={noCell}>{t('templates.colors.leaveOut')}</option>
      </select>
      <span className="numbers shrink-0 text-[12.5px] text-muted">{t('templates.colors.cells', { count: color.cells })}</span>
    </li>
  )
}

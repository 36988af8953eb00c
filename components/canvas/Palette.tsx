'use client'

import { RadioGroup } from 'radix-ui'
import { lazy, Suspense, useEffect, useRef } from 'react'
import { colorText } from '../../lib/words/page-words.ts'
import { useWords } from '../language.tsx'
import { useCanvasParts, useColorInUse, useSession, useUi } from './canvas-context.ts'
import type { CanvasInfo } from './session/types.ts'
import { choose, colorName } from './ui-store.ts'

const SymbolIcon = lazy(() => import('./templates/SymbolIcon.tsx'))

const isAllowed = ({ onlyColor }: CanvasInfo, index: number) => onlyColor === null || onlyColor === index

/** Rows of sixteen colors, or of eight on a phone. A large palette scrolls inside the dock. */
export const Palette = ({ columns }: { columns: 8 | 16 }) => {
  const words = useWords()
  const { ui } = useCanvasParts()
  const canvas = useSession((state) => state.canvas)
  const chosen = useColorInUse()
  const hasSymbols = useUi((state) => state.symbols)
  const group = useRef<HTMLDivElement>(null)
  // A key may choose a color that is scrolled out of view.
  useEffect(() => {
    group.current?.querySelector(`[data-color="${chosen}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [chosen])
  if (!canvas) {
    return (
      <div
        dir="ltr"
        className={`breathing -m-1 grid p-2 ${columns === 8 ? 'grid-cols-8 gap-2' : 'grid-cols-[repeat(16,26px)] gap-1.5'}`}
        aria-hidden
      >
        {Array.from({ length: 32 }, (_, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
          <span key={i} className={`rounded-swatch bg-line/60 ${columns === 8 ? 'h-8' : 'size-[26px]'}`} />
        ))}
      </div>
    )
  }
  const label = (index: number) => {
    const color = colorText(words, colorName(canvas, index))
    return isAllowed(canvas, index) ? color : words.t('finale.otherColor', { color })
  }
  return (
    <RadioGroup.Root
      ref={group}
      dir="ltr"
      aria-label={words.t('dock.palette')}
      value={String(chosen)}
      onValueChange={(value) => choose(ui, { color: Number(value) })}
      className={`-m-1 grid overflow-y-auto p-2 ${columns === 8 ? 'max-h-[36dvh] grid-cols-8 gap-2' : 'max-h-[144px] grid-cols-[repeat(16,minmax(16px,26px))] gap-1.5 max-lg:gap-1 max-md:gap-0.5 short:max-h-[82px]'}`}
    >
      {canvas.palette.map((hex, index) => (
        <RadioGroup.Item
          key={hex}
          value={String(index)}
          disabled={!isAllowed(canvas, index)}
          aria-label={label(index)}
          title={label(index)}
          data-color={index}
          style={{ backgroundColor: hex }}
          className={`${columns === 8 ? 'h-8' : 'aspect-square'} rounded-swatch border border-ink/15 transition-transform contrast-more:border-ink forced-colors:border-ink duration-100 hover:scale-108 focus-visible:outline-offset-3 disabled:cursor-not-allowed disabled:opacity-20 disabled:hover:scale-100 data-[state=checked]:ring-2 data-[state=checked]:ring-ultramarine data-[state=checked]:ring-offset-2 data-[state=checked]:ring-offset-surface motion-reduce:transition-none ${hasSymbols ? 'grid place-items-center' : ''}`}
        >
          {hasSymbols && (
            <Suspense>
              <SymbolIcon color={index} hex={hex} />
            </Suspense>
          )}
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  )
}

'use client'

import { useEffect } from 'react'
import { textHash } from '../../../lib/text-hash.ts'
import type { PageWords } from '../../../lib/words/page-words.ts'
import { durationText, momentText, timeZoneName } from '../../../lib/words/times.ts'
import { useWords } from '../../language.tsx'
import { Markdown } from '../../Markdown.tsx'
import { remember } from '../board-memory.ts'
import { useCanvasParts, useSession } from '../canvas-context.ts'
import type { CanvasInfo } from '../session/types.ts'

const factsOf = (words: PageWords, canvas: CanvasInfo, nowMs: number): { name: string; value: string }[] => {
  const { t } = words
  const { width, height, cooldownMs, maxCharges, opensAt, closesAt, state } = canvas
  const time = (at: string) => momentText(words, Date.parse(at), nowMs)
  return [
    { name: t('rules.facts.board'), value: canvas.title },
    { name: t('rules.facts.size.name'), value: t('rules.facts.size.value', { width, height }) },
    {
      name: t('rules.facts.pace.name'),
      value: cooldownMs === 0 ? t('rules.facts.pace.none') : durationText(words, cooldownMs),
    },
    ...(cooldownMs > 0 ? [{ name: t('rules.facts.saved.name'), value: t('rules.facts.saved.value', { count: maxCharges }) }] : []),
    ...(opensAt && state !== 'open' ? [{ name: t('rules.facts.opens'), value: time(opensAt) }] : []),
    ...(closesAt && state !== 'closed' ? [{ name: t('rules.facts.closes'), value: time(closesAt) }] : []),
  ]
}

const notesOf = ({ t }: PageWords, { protectedAreas, visibility, opensAt, closesAt }: CanvasInfo): string[] => [
  ...(opensAt || closesAt ? [t('rules.facts.zone', { zone: timeZoneName() })] : []),
  ...(protectedAreas.length > 0 ? [t('rules.facts.areas', { count: protectedAreas.length })] : []),
  ...(visibility === 'link' ? [t('rules.facts.link')] : []),
]

/** The rules that the host has written, and the settings of the board. */
export const RulesPanel = () => {
  const words = useWords()
  const { t } = words
  const { ui, session } = useCanvasParts()
  const canvas = useSession((state) => state.canvas)
  useEffect(() => {
    if (canvas) remember(ui, canvas.id, { rules: textHash(canvas.rules) })
  }, [ui, canvas])
  if (!canvas) return <p className="text-muted">{t('rules.loading')}</p>
  return (
    <div data-testid="rules">
      {canvas.rules.trim() === '' ? (
        <p className="text-muted">{t('rules.none')}</p>
      ) : (
        <Markdown text={canvas.rules} below={2} newTab={t('rules.newTab')} />
      )}
      <dl className="mt-4 divide-y divide-line border-t border-line pt-1">
        {factsOf(words, canvas, session.serverNow()).map(({ name, value }) => (
          <div key={name} className="flex items-baseline justify-between gap-4 py-1.5 text-[13px]">
            <dt className="whitespace-nowrap text-muted">{name}</dt>
            <dd dir="auto" className="min-w-0 wrap-anywhere text-end tabular-nums select-text">
              {value}
            </dd>
          </div>
        ))}
      </dl>
      {notesOf(words, canvas).map((note) => (
        <p key={note} className="mt-2 text-[12.5px] text-muted">
          {note}
        </p>
      ))}
    </div>
  )
}

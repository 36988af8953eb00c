'use client'

import { type ReactNode, useEffect, useState } from 'react'
import { colorText, noticeText } from '../../lib/words/page-words.ts'
import { useWords } from '../language.tsx'
import { useSession, useUi } from './canvas-context.ts'
import type { Notice } from './session/types.ts'
import { usePlacing } from './templates/use-placing.ts'
import { colorName } from './ui-store.ts'

const shownMs = 5_000
/** A notice that does not answer an action is shown longer, so that it is noticed. */
const shownLongerMs = 15_000
const unexpected: ReadonlySet<string> = new Set([
  'picture_simple',
  'picture_incomplete',
  'board_reset',
  'stale_epoch',
  'template_removed',
  'template_gone',
  'template_elsewhere',
])

interface Line {
  readonly testId: 'notice' | 'finale' | 'hint'
  readonly key: string | number
  readonly mark: ReactNode
  readonly text: string
}

/** The newest notice for a few seconds, then null. */
const useNotice = (): Line | null => {
  const words = useWords()
  const notice = useSession((state) => state.notice)
  const [shown, setShown] = useState<Notice | null>(null)
  useEffect(() => {
    if (!notice) return
    setShown(notice)
    const timer = setTimeout(() => setShown(null), unexpected.has(notice.code) ? shownLongerMs : shownMs)
    return () => clearTimeout(timer)
  }, [notice])
  if (!shown || shown !== notice) return null
  const mark = (
    <span aria-hidden className={`size-2 shrink-0 ${shown.kind === 'info' ? 'rounded-full bg-ochre' : 'rotate-45 bg-sinopia'}`} />
  )
  return { testId: 'notice', key: shown.id, mark, text: noticeText(words, shown.code, shown.params) }
}

/** Why all colors but one are disabled. */
const useFinale = (): Line | null => {
  const words = useWords()
  const canvas = useSession((state) => state.canvas)
  if (canvas?.state !== 'open' || canvas.onlyColor === null) return null
  const mark = (
    <span
      aria-hidden
      className="size-4 shrink-0 rounded-[4px] border border-ink/15"
      style={{ backgroundColor: canvas.palette[canvas.onlyColor] }}
    />
  )
  const color = colorText(words, colorName(canvas, canvas.onlyColor))
  return { testId: 'finale', key: 'finale', mark, text: words.t('finale.only', { color }) }
}

/** How to paint, for a new painter. */
const useHint = (): Line | null => {
  const { t } = useWords()
  const ready = useSession((state) => state.loading === 'ready' && state.canvas?.state === 'open')
  const untouched = useSession((state) => state.untouched)
  const painted = useUi((state) => state.painted)
  const touch = useUi((state) => state.touch)
  const hasCell = useUi((state) => state.cell !== null)
  if (!ready || painted) return null
  const howTo = touch ? (hasCell ? 'hint.tapAgain' : 'hint.tap') : 'hint.click'
  const first = untouched && howTo !== 'hint.tapAgain' ? `${t('hint.nobodyYet')} ` : ''
  return { testId: 'hint', key: 'hint', mark: null, text: `${first}${t(howTo)}` }
}

/** One line above the dock: a notice, the rule of a finale, or a hint for a new painter. */
export const NoticeLine = () => {
  const hasStrip = useUi((state) => state.panel !== null && state.panelIsLow)
  const notice = useNotice()
  const finale = useFinale()
  const hint = useHint()
  const isPlacing = usePlacing() !== null
  const line = notice ?? (hasStrip || isPlacing ? null : (finale ?? hint))
  return (
    <div aria-live="polite" className="flex min-h-0 max-w-full justify-center">
      {line && (
        <p
          key={line.key}
          data-testid={line.testId}
          className="card rising pointer-events-auto flex items-center gap-2.5 px-3.5 py-2 text-pretty"
        >
          <span className="contents">{line.mark}</span>
          <span>{line.text}</span>
        </p>
      )}
    </div>
  )
}

'use client'

import { useEffect, useState } from 'react'
import { noticeText } from '../../lib/words/page-words.ts'
import { useWords } from '../language.tsx'
import { useSession, useUi } from './canvas-context.ts'

const shownMs = 5_000
/** A notice that does not answer an action is shown longer, so that it is noticed. */
const shownLongerMs = 15_000
const unexpected: ReadonlySet<string> = new Set(['picture_simple', 'picture_incomplete'])

/** One line above the dock: a notice, or a hint for a new painter. */
export const NoticeLine = () => {
  const words = useWords()
  const { t } = words
  const notice = useSession((state) => state.notice)
  const ready = useSession((state) => state.loading === 'ready' && state.canvas?.state === 'open')
  const untouched = useSession((state) => state.untouched)
  const painted = useUi((state) => state.painted)
  const touch = useUi((state) => state.touch)
  const [shownId, setShownId] = useState<number | null>(null)

  useEffect(() => {
    if (!notice) return
    setShownId(notice.id)
    const timer = setTimeout(() => setShownId(null), unexpected.has(notice.code) ? shownLongerMs : shownMs)
    return () => clearTimeout(timer)
  }, [notice])

  const refusal = notice && notice.id === shownId ? noticeText(words, notice.code, notice.params) : null
  const hasCell = useUi((state) => state.cell !== null)
  const howTo = touch ? (hasCell ? 'hint.tapAgain' : 'hint.tap') : 'hint.click'
  const first = untouched && howTo !== 'hint.tapAgain' ? `${t('hint.nobodyYet')} ` : ''
  const hasStrip = useUi((state) => state.panel !== null && state.panelIsLow)
  const hint = !refusal && ready && !painted && !hasStrip ? `${first}${t(howTo)}` : null
  return (
    <div aria-live="polite" className="flex min-h-0 max-w-full justify-center">
      {(refusal ?? hint) && (
        <p
          key={notice?.id ?? 'hint'}
          data-testid={refusal ? 'notice' : 'hint'}
          className="card rising pointer-events-auto flex items-center gap-2.5 px-3.5 py-2 text-pretty"
        >
          {refusal && notice && (
            <span aria-hidden className={`size-2 shrink-0 ${notice.kind === 'info' ? 'rounded-full bg-ochre' : 'rotate-45 bg-sinopia'}`} />
          )}
          <span>{refusal ?? hint}</span>
        </p>
      )}
    </div>
  )
}

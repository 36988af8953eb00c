'use client'

import { useWords } from '../language.tsx'
import { useSession, useUi } from './canvas-context.ts'

/** Runs along while a stroke is drawn. It is not announced, because it changes with each cell. */
export const StrokeCounter = () => {
  const { t } = useWords()
  const count = useUi((state) => state.stroke?.count ?? 0)
  const touch = useUi((state) => state.touch)
  const available = useSession((state) => state.charges?.available ?? null)
  if (count === 0) return null
  return (
    <p aria-hidden data-testid="stroke" data-count={count} className="card flex items-center gap-3 px-3.5 py-2 whitespace-nowrap">
      <span className="numbers font-semibold">{t('strokes.count', { count })}</span>
      {available !== null && <span className="numbers text-muted">{t('strokes.left', { count: available })}</span>}
      {!touch && <span className="text-muted">{t('strokes.howToDrop')}</span>}
    </p>
  )
}

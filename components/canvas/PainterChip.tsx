'use client'

import { type ComponentType, useState } from 'react'
import { useWords } from '../language.tsx'
import { reloadForMissingChunk } from '../missing-chunk.ts'
import { useSession } from './canvas-context.ts'
import { PainterMark } from './PainterMark.tsx'
import type { PainterMenuProps } from './PainterMenu.tsx'

const className =
  'card pointer-events-auto hidden h-[44px] items-center gap-2.5 px-2 sm:flex pointer-coarse:h-[46px] aria-expanded:bg-[color-mix(in_oklch,var(--ink)_6%,var(--surface))] md:pe-3.5'

/** The painter's card. Its menu is loaded when it is opened. */
export const PainterChip = () => {
  const { t } = useWords()
  const painter = useSession((state) => state.painter)
  const [loaded, setLoaded] = useState<{ Menu: ComponentType<PainterMenuProps> } | null>(null)
  if (!painter) return null
  const open = () =>
    import('./PainterMenu.tsx').then(
      ({ PainterMenu }) => setLoaded({ Menu: PainterMenu }),
      (error: unknown) => void reloadForMissingChunk(error),
    )
  const button = (
    <button
      type="button"
      aria-label={t('settings.menu', { name: painter.name })}
      data-testid="painter"
      className={className}
      // The menu sets them when it is loaded.
      {...(loaded ? {} : { 'aria-haspopup': 'menu', 'aria-expanded': false, onClick: open })}
    >
      <PainterMark id={painter.id} className="size-7 rounded-[8px]" />
      <span translate="no" className="max-md:hidden">
        {painter.name}
      </span>
    </button>
  )
  return loaded ? <loaded.Menu painter={painter}>{button}</loaded.Menu> : button
}

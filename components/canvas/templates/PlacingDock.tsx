'use client'

import { Eye } from 'lucide-react'
import { useId, useState } from 'react'
import { useWords } from '../../language.tsx'
import { usePlacingActs } from './use-placing-keys.ts'
import { useImportState, useLoadedTemplates, useTemplateState } from './use-templates.ts'

/** In place of the palette while a template is placed or moved. */
export const PlacingDock = () => {
  const { t } = useWords()
  const acts = usePlacingActs()
  const isImported = useImportState().step === 'placing'
  return (
    <div
      data-testid="placing-dock"
      className="flex min-h-[64px] flex-wrap items-center gap-x-4 gap-y-2.5 px-3 py-2.5 max-sm:justify-between"
    >
      <div className="flex gap-2">
        <CoordinateField axis="x" />
        <CoordinateField axis="y" />
      </div>
      <p className="max-w-48 text-[12.5px] text-muted max-lg:hidden pointer-coarse:hidden">{t('templates.keysHint')}</p>
      {isImported && <OriginalButton />}
      <div className="flex gap-2 max-sm:w-full">
        <button
          type="button"
          onClick={acts.cancel}
          className="h-10 rounded-button border border-line px-4 font-medium hover:bg-ink/6 max-sm:h-[48px] max-sm:flex-1 pointer-coarse:h-[48px]"
        >
          {t('templates.cancel')}
        </button>
        <button
          type="button"
          onClick={acts.place}
          className="h-10 rounded-button bg-ultramarine px-5 font-semibold text-on-accent max-sm:h-[48px] max-sm:flex-[2] pointer-coarse:h-[48px]"
        >
          {t('templates.place')}
        </button>
      </div>
    </div>
  )
}

const CoordinateField = ({ axis }: { axis: 'x' | 'y' }) => {
  const { t } = useWords()
  const id = useId()
  const { store, imports } = useLoadedTemplates()
  const value = useTemplateState((state) => state.draft?.[axis] ?? 0)
  /** What was typed, while it is not a number yet or while the field has the focus. */
  const [typed, setTyped] = useState<string | null>(null)
  const type = (text: string) => {
    setTyped(text)
    const { draft } = store.state.getState()
    const number = Number(text.replace('−', '-'))
    if (draft && text.trim() !== '' && Number.isInteger(number)) imports.moveTo({ x: draft.x, y: draft.y, [axis]: number })
  }
  return (
    <label
      htmlFor={id}
      dir="ltr"
      className="flex h-10 items-center gap-2 rounded-button border border-line bg-plaster px-3 text-[12.5px] text-muted pointer-coarse:h-[48px]"
    >
      <span>{t(`templates.${axis}`)}</span>
      <input
        id={id}
        inputMode="numeric"
        autoComplete="off"
        data-testid={`placing-${axis}`}
        value={typed ?? String(value)}
        onChange={(event) => type(event.target.value)}
        onBlur={() => setTyped(null)}
        className="numbers w-14 bg-transparent text-end text-ink outline-none"
      />
    </label>
  )
}

/** Shows the colors of the file while it is held. */
const OriginalButton = () => {
  const { t } = useWords()
  const { imports } = useLoadedTemplates()
  const show = (isShown: boolean) => imports.original.setState({ isShown })
  return (
    <button
      type="button"
      onPointerDown={() => show(true)}
      onPointerUp={() => show(false)}
      onPointerLeave={() => show(false)}
      onPointerCancel={() => show(false)}
      onKeyDown={({ key }) => (key === ' ' || key === 'Enter') && show(true)}
      onKeyUp={() => show(false)}
      onBlur={() => show(false)}
      className="flex h-10 touch-none items-center gap-2 rounded-button px-3 hover:bg-ink/6 max-sm:px-1 pointer-coarse:h-[48px]"
    >
      <Eye size={19} strokeWidth={1.8} aria-hidden />
      <span className="max-sm:text-[12.5px]">{t('templates.original')}</span>
    </button>
  )
}

'use client'

import { useId } from 'react'
import { countWanted } from '../../../lib/templates/color-plan.ts'
import { templateLimits } from '../../../lib/templates/template.ts'
import { useWords } from '../../language.tsx'
import { ForeignColors } from './ForeignColors.tsx'
import { PicturePreview } from './PicturePreview.tsx'
import type { ImportState } from './template-imports.ts'
import { useLoadedTemplates, usePalette, useTemplateState } from './use-templates.ts'

type State = Extract<ImportState, { step: 'placing' }>

/** Name, scale and colors of a template that is being placed. */
export const NewTemplate = ({ state }: { state: State }) => {
  const { t } = useWords()
  const { imports } = useLoadedTemplates()
  const palette = usePalette()
  const draft = useTemplateState((each) => each.draft)
  const nameId = useId()
  if (!draft) return null
  const { width, height, cells } = draft.picture
  return (
    <div data-testid="new-template" className="-m-4 divide-y divide-line">
      <div className="flex gap-3 p-4">
        <PicturePreview picture={draft.picture} palette={palette} className="size-14" />
        <div className="min-w-0 flex-1">
          <label htmlFor={nameId} className="sr-only">
            {t('templates.name')}
          </label>
          <input
            id={nameId}
            dir="auto"
            value={draft.name}
            maxLength={templateLimits.maxName}
            placeholder={t('templates.unnamed')}
            autoComplete="off"
            onChange={({ target }) => imports.rename(target.value)}
            className="h-9 w-full rounded-button border border-line bg-plaster px-3 pointer-coarse:h-[44px]"
          />
          <p className="numbers mt-1 text-[12.5px] text-muted" data-testid="template-size">
            {t('templates.size', { width, height, count: countWanted(cells) })}
          </p>
        </div>
      </div>
      <p className="px-4 py-3 text-[13px] text-muted">{t('templates.dragHint')}</p>
      <Scale state={state} />
      {state.decoded.isBitmap && <p className="px-4 py-3 text-[13px] text-muted">{t('templates.bitmap')}</p>}
      {state.decoded.picture.foreign.length > 0 && <ForeignColors state={state} />}
    </div>
  )
}

/** A picture that was reduced, or that may be meant to be. */
const Scale = ({ state: { decoded } }: { state: State }) => {
  const { t } = useWords()
  const { imports } = useLoadedTemplates()
  const { scale, solidScale } = decoded
  const other = scale > 1 ? 1 : solidScale
  if (other === scale) return null
  return (
    <div data-testid="template-scale" data-state={scale} className="flex items-center justify-between gap-3 px-4 py-3">
      <p className="text-[13px]">{scale > 1 ? t('templates.scale.reduced', { scale }) : t('templates.scale.offer', { scale: other })}</p>
      <button
        type="button"
        onClick={() => void imports.setScale(other)}
        className="h-9 shrink-0 rounded-button border border-line px-3 font-medium hover:bg-ink/6 pointer-coarse:h-[44px]"
      >
        {scale > 1 ? t('templates.scale.keep') : t('templates.scale.reduce')}
      </button>
    </div>
  )
}

'use client'

import { ImageOff } from 'lucide-react'
import { useRef } from 'react'
import type { BoardCard } from '../../lib/start-page.ts'
import { useWords } from '../language.tsx'
import { usePicture } from './use-picture.ts'

export const Thumbnail = ({ board: { id, epoch } }: { board: Pick<BoardCard, 'id' | 'epoch'> }) => {
  const { t } = useWords()
  const image = useRef<HTMLImageElement>(null)
  const { state, ...picture } = usePicture(`/api/canvases/${id}/thumbnail.png?epoch=${epoch}`, image)
  return (
    <span
      className={`relative block aspect-square border-line bg-plaster max-sm:w-[104px] max-sm:shrink-0 max-sm:border-e sm:border-b ${state === 'loading' ? 'breathing' : ''}`}
      data-testid="thumbnail"
      data-state={state}
    >
      {/* biome-ignore lint/performance/noImgElement: Next's own image would copy the picture on the server. */}
      <img
        ref={image}
        {...picture}
        alt=""
        loading="lazy"
        className={`absolute inset-0 size-full object-contain [image-rendering:pixelated] ${state === 'failed' ? 'invisible' : ''}`}
      />
      {state === 'failed' ? (
        <span className="absolute inset-0 grid place-content-center justify-items-center gap-2 text-[12.5px] text-muted">
          <ImageOff size={19} strokeWidth={1.8} aria-hidden />
          <span>{t('start.noPicture')}</span>
        </span>
      ) : null}
    </span>
  )
}

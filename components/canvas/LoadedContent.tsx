'use client'

import { type ComponentType, useEffect, useState } from 'react'
import { useWords } from '../language.tsx'
import { type MissingChunk, reloadForMissingChunk } from '../missing-chunk.ts'

interface LoadedContentProps {
  readonly load: () => Promise<ComponentType>
  /** Of what is shown until it is loaded. */
  readonly className?: string
}

/** What a card shows, which is loaded when the card is opened. */
export const LoadedContent = ({ load, className = '' }: LoadedContentProps) => {
  const { t } = useWords()
  const [state, setState] = useState<{ Loaded?: ComponentType; failure?: MissingChunk }>({})
  const [tries, setTries] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each try loads again
  useEffect(() => {
    let isOpen = true
    load().then(
      (Loaded) => isOpen && setState({ Loaded }),
      async (error: unknown) => {
        const failure = await reloadForMissingChunk(error)
        if (isOpen && failure !== 'reloading') setState({ failure })
      },
    )
    return () => {
      isOpen = false
    }
  }, [load, tries])
  if (state.Loaded) return <state.Loaded />
  if (state.failure) {
    const isMissing = state.failure === 'missing'
    return (
      <div role="alert" className={className}>
        <p>{t(isMissing ? 'version.missing' : 'panel.failed')}</p>
        <button
          type="button"
          onClick={() => (isMissing ? location.reload() : setTries(tries + 1))}
          className="mt-3 h-9 rounded-button bg-ultramarine px-4 font-medium text-on-accent"
        >
          {t(isMissing ? 'version.reload' : 'failed.action')}
        </button>
      </div>
    )
  }
  return (
    <div aria-busy className={`breathing space-y-3 ${className}`}>
      {['w-full', 'w-4/5', 'w-2/3'].map((width) => (
        <div key={width} className={`h-3 rounded-full bg-line ${width}`} />
      ))}
    </div>
  )
}

'use client'

import { useEffect } from 'react'
import { FullPageMessage } from '../components/FullPageMessage.tsx'
import { useWords } from '../components/language.tsx'
import { reloadForMissingChunk } from '../components/missing-chunk.ts'
import { failureText } from '../lib/words/page-words.ts'

export default function ErrorPage({ error, reset }: { error: Error; reset: () => void }) {
  useEffect(() => {
    void reloadForMissingChunk(error)
  }, [error])
  const words = useWords()
  const { t } = words
  return (
    <main>
      <FullPageMessage title={t('failed.title')} body={failureText(words, null)} action={t('failed.action')} onAction={reset} />
    </main>
  )
}

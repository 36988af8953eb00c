'use client'

import { FullPageMessage } from '../components/FullPageMessage.tsx'
import { useWords } from '../components/language.tsx'
import { failureText } from '../lib/words/page-words.ts'

export default function ErrorPage({ reset }: { reset: () => void }) {
  const words = useWords()
  const { t } = words
  return (
    <main>
      <FullPageMessage title={t('failed.title')} body={failureText(words, null)} action={t('failed.action')} onAction={reset} />
    </main>
  )
}

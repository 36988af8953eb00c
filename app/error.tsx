'use client'

import { FullPageMessage } from '../components/FullPageMessage.tsx'
import { en } from '../lib/words/en.ts'

export default function ErrorPage({ reset }: { reset: () => void }) {
  return (
    <main>
      <FullPageMessage {...en.failed} onAction={reset} />
    </main>
  )
}

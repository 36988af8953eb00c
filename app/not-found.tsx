import { FullPageMessage } from '../components/FullPageMessage.tsx'
import { en } from '../lib/words/en.ts'

export default function NotFound() {
  return (
    <main>
      <FullPageMessage {...en.notFound} href="/" />
    </main>
  )
}

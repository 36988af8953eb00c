import { FullPageMessage } from '../components/FullPageMessage.tsx'
import { chooseLanguage } from '../lib/words/language.ts'
import { pageWordsOf } from '../lib/words/page-words.ts'

export default function NotFound() {
  const { t } = pageWordsOf(chooseLanguage())
  return (
    <main>
      <FullPageMessage title={t('notFound.title')} body={t('notFound.body')} action={t('notFound.action')} href="/" />
    </main>
  )
}

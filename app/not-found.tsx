import { FullPageMessage } from '../components/FullPageMessage.tsx'
import { readWords } from './language.ts'

export default async function NotFound() {
  const { t } = await readWords()
  return (
    <main>
      <FullPageMessage title={t('notFound.title')} body={t('notFound.body')} action={t('notFound.action')} href="/" />
    </main>
  )
}

import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { TextPage } from '../../components/TextPage.tsx'
import { readWords } from '../language.ts'
import { readPages } from '../site.ts'

export const generateMetadata = async (): Promise<Metadata> => ({ title: (await readWords()).t('site.privacy') })

/** The privacy policy of the host. */
export default async function Page() {
  const text = await (await readPages())?.privacy()
  if (!text) notFound()
  const { t } = await readWords()
  return <TextPage title={t('site.privacy')} text={text} />
}

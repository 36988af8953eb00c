import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { TextPage } from '../../components/TextPage.tsx'
import { chooseLanguage } from '../../lib/words/language.ts'
import { pageWordsOf } from '../../lib/words/page-words.ts'
import { readPages } from '../site.ts'

export const generateMetadata = (): Metadata => ({ title: pageWordsOf(chooseLanguage()).t('site.privacy') })

/** The privacy policy of the host. */
export default async function Page() {
  const text = await (await readPages())?.privacy()
  if (!text) notFound()
  return <TextPage title={pageWordsOf(chooseLanguage()).t('site.privacy')} text={text} />
}

/** The language of a request, and its words for server components. */
import Negotiator from 'negotiator'
import { cookies, headers } from 'next/headers'
import { cache } from 'react'
import { isLanguage, type Language, languageCookie, languages } from '../lib/words/language.ts'
import { pageCatalogues } from '../lib/words/page-catalogues.ts'
import { createPageWords } from '../lib/words/page-words.ts'

/** The language that the visitor has chosen, else the best one for the browser, else English. */
export const readLanguage = cache(async (): Promise<Language> => {
  const chosen = (await cookies()).get(languageCookie)?.value
  if (isLanguage(chosen)) return chosen
  const accepted = (await headers()).get('accept-language')
  // A visitor from Portugal reads Brazilian Portuguese rather than English.
  const [best] = new Negotiator({ headers: { 'accept-language': accepted ?? '' } }).languages([...languages, 'pt'])
  if (best === 'pt') return 'pt-BR'
  return isLanguage(best) ? best : 'en'
})

export const readWords = cache(async () => {
  const language = await readLanguage()
  return createPageWords(language, pageCatalogues[language])
})

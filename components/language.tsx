'use client'

/** The language of the page, and the messages of the painters' pages. */
import { createContext, type ReactNode, useContext } from 'react'
import type { Language } from '../lib/words/language.ts'
import { type PageWords, pageWordsOf } from '../lib/words/page-words.ts'

const LanguageContext = createContext<Language>('en')

export const LanguageProvider = ({ language, children }: { language: Language; children: ReactNode }) => (
  <LanguageContext value={language}>{children}</LanguageContext>
)

export const useLanguage = (): Language => useContext(LanguageContext)
export const useWords = (): PageWords => pageWordsOf(useLanguage())

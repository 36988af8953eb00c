'use client'

/** The words of the painters' pages. The server sends the messages of one language with the page. */
import { createContext, type ReactNode, useContext, useMemo } from 'react'
import type { Language } from '../lib/words/language.ts'
import type { PageMessages } from '../lib/words/page-catalogues.ts'
import { createPageWords, type PageWords } from '../lib/words/page-words.ts'

const WordsContext = createContext<PageWords | null>(null)

interface LanguageProviderProps {
  readonly language: Language
  readonly messages: PageMessages
  readonly children: ReactNode
}

export const LanguageProvider = ({ language, messages, children }: LanguageProviderProps) => {
  const words = useMemo(() => createPageWords(language, messages), [language, messages])
  return <WordsContext value={words}>{children}</WordsContext>
}

export const useWords = (): PageWords => {
  const words = useContext(WordsContext)
  if (!words) throw new Error('useWords needs a LanguageProvider around it.')
  return words
}

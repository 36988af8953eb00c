'use client'

import { useId } from 'react'
import { isLanguage, languageCookie, languageNames, languages } from '../lib/words/language.ts'
import { useWords } from './language.tsx'

const yearSeconds = 365 * 86_400

/** The server renders the page again, because a page has the messages of one language only. */
const choose = (language: string) => {
  if (!isLanguage(language)) return
  // biome-ignore lint/suspicious/noDocumentCookie: The Cookie Store needs a secure context, and Fresco also works on plain http.
  document.cookie = `${languageCookie}=${language}; path=/; max-age=${yearSeconds}; samesite=lax`
  location.reload()
}

interface LanguageSelectProps {
  readonly className?: string
  /** Pixels that are not saved yet would be lost with the page. */
  readonly isDisabled?: boolean
}

export const LanguageSelect = ({ className = '', isDisabled = false }: LanguageSelectProps) => {
  const { t, language } = useWords()
  const id = useId()
  return (
    <div className={`flex items-center justify-between gap-4 ${className}`}>
      <label htmlFor={id} suppressHydrationWarning>
        {t('language.label')}
      </label>
      <select
        id={id}
        name="language"
        value={language}
        disabled={isDisabled}
        data-testid="language"
        className="h-9 rounded-button border border-line bg-surface px-2 disabled:text-muted pointer-coarse:h-[44px]"
        onChange={(event) => choose(event.target.value)}
      >
        {languages.map((each) => (
          <option key={each} value={each} lang={each} dir="auto" suppressHydrationWarning>
            {languageNames[each]}
          </option>
        ))}
      </select>
    </div>
  )
}

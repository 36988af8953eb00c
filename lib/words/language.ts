/** The languages of the painters' pages. The operations pages are in English. */

export const languages = ['en', 'de', 'es', 'fr', 'pt-BR', 'ru', 'tr', 'pl', 'ja', 'ar'] as const
export type Language = (typeof languages)[number]

/** Each in its own language, for the choice of a visitor. */
export const languageNames: Readonly<Record<Language, string>> = {
  en: 'English',
  de: 'Deutsch',
  es: 'Español',
  fr: 'Français',
  'pt-BR': 'Português (Brasil)',
  ru: 'Русский',
  tr: 'Türkçe',
  pl: 'Polski',
  ja: '日本語',
  ar: 'العربية',
}

/** The cookie of the language that a visitor has chosen. */
export const languageCookie = 'fresco-language'

export const isLanguage = (text: string | undefined): text is Language => (languages as readonly (string | undefined)[]).includes(text)

export const directionOf = (language: Language): 'ltr' | 'rtl' => (language === 'ar' ? 'rtl' : 'ltr')

/** The shape of a catalogue: the same keys in every language, with ICU messages. */
export type Catalogue<English> = { readonly [Key in keyof English]: English[Key] extends string ? string : Catalogue<English[Key]> }

/** The languages that have catalogues. */
export type Language = 'en'

/** The only place that chooses a page's language. */
export const chooseLanguage = (): Language => 'en'

/** The shape of a catalogue: the same keys in every language, with ICU messages. */
export type Catalogue<English> = { readonly [Key in keyof English]: English[Key] extends string ? string : Catalogue<English[Key]> }

/** The messages of the painters' pages by language. Only the server imports it: a page gets the messages of its own language. */
import { en } from './en.ts'
import type { Catalogue, Language } from './language.ts'
import de from './messages/de.json' with { type: 'json' }

export type PageMessages = Catalogue<typeof en>

export const pageCatalogues: Readonly<Record<Language, PageMessages>> = { en, de }

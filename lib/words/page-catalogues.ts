/** The messages of the painters' pages by language. Only the server imports it: a page gets the messages of its own language. */
import { en } from './en.ts'
import type { Catalogue, Language } from './language.ts'
import ar from './messages/ar.json' with { type: 'json' }
import de from './messages/de.json' with { type: 'json' }
import es from './messages/es.json' with { type: 'json' }
import fr from './messages/fr.json' with { type: 'json' }
import ja from './messages/ja.json' with { type: 'json' }
import pl from './messages/pl.json' with { type: 'json' }
import ptBR from './messages/pt-BR.json' with { type: 'json' }
import ru from './messages/ru.json' with { type: 'json' }
import tr from './messages/tr.json' with { type: 'json' }

export type PageMessages = Catalogue<typeof en>

export const pageCatalogues: Readonly<Record<Language, PageMessages>> = { en, de, es, fr, 'pt-BR': ptBR, ru, tr, pl, ja, ar }

/** The settings of the installation in SQLite: rows of the table `settings`. */
import type { DatabaseSync } from 'node:sqlite'
import type { SiteUpdate, SiteUpdateOutcome } from '../../../lib/site.ts'
import { logoOf, planStoredSite, siteLogoName, siteName, siteOf } from '../site-port.ts'
import { createSettingReader, createSettingWriter } from './settings.ts'
import type { Transaction } from './transactions.ts'

/** For the reader's thread. */
export const createSqliteSiteReader = (database: DatabaseSync) => {
  const read = createSettingReader(database)
  return {
    getSite: () => siteOf(read(siteName)),
    getSiteLogo: () => logoOf(read(siteLogoName)),
  }
}

/** For the writer's thread. */
export const createSqliteSite = (database: DatabaseSync, transaction: Transaction) => {
  const read = createSettingReader(database)
  const save = createSettingWriter(database)
  const remove = database.prepare('DELETE FROM settings WHERE name = ?')
  return {
    saveSite: (update: SiteUpdate): SiteUpdateOutcome =>
      transaction(() => {
        const { outcome, texts } = planStoredSite(read(siteName), update)
        if (texts) save(siteName, texts.site)
        if (texts?.logo) save(siteLogoName, texts.logo)
        else if (texts?.logo === null) remove.run(siteLogoName)
        return outcome
      }),
  }
}

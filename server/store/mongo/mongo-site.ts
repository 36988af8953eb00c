/** The settings of the installation on MongoDB: documents of the collection `settings`. */
import type { SiteUpdate } from '../../../lib/site.ts'
import { logoOf, planStoredSite, type SiteStore, siteLogoName, siteName, siteOf } from '../site-port.ts'
import { inside, majority } from './command-options.ts'
import type { MongoContext } from './mongo-context.ts'

export const mongoSite = ({ collections: { settings }, transaction }: MongoContext): SiteStore => {
  const read = async (name: string) => (await settings.findOne({ _id: name }, majority))?.value
  return {
    getSite: async () => siteOf(await read(siteName)),
    getSiteLogo: async () => logoOf(await read(siteLogoName)),
    saveSite: (update: SiteUpdate) =>
      transaction(async (session) => {
        const stored = await settings.findOne({ _id: siteName }, inside(session))
        const { outcome, texts } = planStoredSite(stored?.value, update)
        const save = (name: string, value: string) =>
          settings.updateOne({ _id: name }, { $set: { value } }, { ...inside(session), upsert: true })
        if (texts) await save(siteName, texts.site)
        if (texts?.logo) await save(siteLogoName, texts.logo)
        else if (texts?.logo === null) await settings.deleteOne({ _id: siteLogoName }, inside(session))
        return outcome
      }),
  }
}

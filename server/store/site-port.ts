/** The settings of the whole installation, a part of the store's port. Adapters keep them and the logo among their settings. */
import { defaultSite, planSiteUpdate, type Site, type SiteUpdate, type SiteUpdateOutcome } from '../../lib/site.ts'

export interface SiteStore {
  /** The default before the first change. */
  getSite(): Promise<Site>
  /** The logo's PNG. Null when there is none. */
  getSiteLogo(): Promise<Uint8Array | null>
  /** One transaction (see `planSiteUpdate`). Can be repeated. */
  saveSite(update: SiteUpdate): Promise<SiteUpdateOutcome>
}

export const siteName = 'site'
export const siteLogoName = 'site-logo'

/** A site that an older version stored lacks newer fields. */
export const siteOf = (value: string | undefined): Site => ({ ...defaultSite, ...(value && (JSON.parse(value) as Site)) })

/** The texts to store; `logo` is null to remove it and absent to leave it. `texts` is null when there is nothing to write. */
export const planStoredSite = (
  value: string | undefined,
  update: SiteUpdate,
): { outcome: SiteUpdateOutcome; texts: { site: string; logo?: string | null } | null } => {
  const { isNew, ...outcome } = planSiteUpdate(siteOf(value), update)
  if (!isNew) return { outcome, texts: null }
  const { logo } = update
  const texts = {
    site: JSON.stringify(outcome.site),
    ...(logo !== undefined && { logo: logo && Buffer.from(logo.png).toString('base64') }),
  }
  return { outcome, texts }
}

export const logoOf = (value: string | undefined): Uint8Array | null =>
  value === undefined ? null : new Uint8Array(Buffer.from(value, 'base64'))

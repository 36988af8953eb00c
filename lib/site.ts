/** What a host may set for the site, which is the whole installation: what visitors read on every page, and what the start page shows. */
import type { CanvasId } from './brand.ts'

export interface SiteSettings {
  readonly name: string
  /** One or more sentences for visitors and search engines. Empty for none. */
  readonly description: string
  /** How visitors reach the host, in the subset of Markdown of `markdown.ts`. Empty for none. */
  readonly contact: string
  /** The privacy policy, in the subset of Markdown of `markdown.ts`. Empty for none. */
  readonly privacy: string
  /** `#RRGGBB`, upper case. Null for Fresco's own. */
  readonly accent: string | null
  /** The board of the start page. Null for the only listed board, or a list of them. */
  readonly defaultCanvas: CanvasId | null
}

/** `rev` counts the changes, also those of the logo. */
export interface Site extends SiteSettings {
  readonly rev: number
  readonly logo: SiteLogo | null
  /** Names the last change, so that a change whose answer was lost is not made twice. */
  readonly changeId: string | null
}

export interface SiteLogo {
  /** The site's `rev` when the logo was set. */
  readonly rev: number
  readonly width: number
  readonly height: number
}

export interface LogoFile extends Omit<SiteLogo, 'rev'> {
  readonly png: Uint8Array
}

export interface SiteUpdate {
  /** Never used before. */
  readonly id: string
  readonly change: Partial<SiteSettings>
  /** Null removes the logo; absent leaves it. */
  readonly logo?: LogoFile | null
  /** The revision that the caller has read. Null changes the newest one. */
  readonly rev: number | null
}

/** `stale`: the site has another revision. */
export interface SiteUpdateOutcome {
  readonly kind: 'updated' | 'stale'
  readonly site: Site
}

export const siteLimits = {
  maxName: 40,
  maxDescription: 280,
  maxContact: 280,
  maxPrivacy: 8_000,
  maxLogoBytes: 131_072,
  maxLogoSide: 1_024,
} as const

/** Before a host has set anything. */
export const defaultSite: Site = {
  name: 'Fresco',
  description: '',
  contact: '',
  privacy: '',
  accent: null,
  defaultCanvas: null,
  rev: 1,
  logo: null,
  changeId: null,
}

/** The outcome of an update, and the site that a store saves when it is `updated`. */
export const planSiteUpdate = (site: Site, { id, change, logo, rev }: SiteUpdate): SiteUpdateOutcome & { readonly isNew: boolean } => {
  if (site.changeId === id) return { kind: 'updated', site, isNew: false }
  if (rev !== null && rev !== site.rev) return { kind: 'stale', site, isNew: false }
  const nextRev = site.rev + 1
  const nextLogo = logo === undefined ? site.logo : logo && { rev: nextRev, width: logo.width, height: logo.height }
  return { kind: 'updated', site: { ...site, ...change, rev: nextRev, logo: nextLogo, changeId: id }, isNew: true }
}

/** The site in `GET /api/site`. */
export interface ShownSite extends SiteSettings {
  readonly logo: string | null
  readonly logoSize: { readonly width: number; readonly height: number } | null
  readonly rev: number
}

export const showSite = ({ logo, changeId: _, ...site }: Site): ShownSite => ({
  ...site,
  logo: logo && `/api/site/logo?rev=${logo.rev}`,
  logoSize: logo && { width: logo.width, height: logo.height },
})

/** What each page has of the site. */
export interface SiteOfPage extends Omit<ShownSite, 'privacy' | 'defaultCanvas' | 'rev'> {
  readonly hasPrivacy: boolean
  /** Whether there are several boards to choose from. */
  readonly hasList: boolean
}

export const siteOfPage = (site: Site, { hasList }: Pick<SiteOfPage, 'hasList'>): SiteOfPage => {
  const { privacy, defaultCanvas: _, rev: __, ...shown } = showSite(site)
  return { ...shown, hasPrivacy: privacy !== '', hasList }
}

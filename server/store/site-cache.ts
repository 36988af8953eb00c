/** Caches the settings of the installation, because every page needs them. They are at most a second old (`cached.ts`). */
import type { Site } from '../../lib/site.ts'
import { type Cached, createCached } from './cached.ts'
import type { Store } from './port.ts'

export type SiteCache = Cached<Site>

/** `now` need not be the time of day: it measures ages. */
export const createSiteCache = ({ store, now }: { store: Pick<Store, 'getSite'>; now: () => number }): SiteCache =>
  createCached(() => store.getSite(), now)

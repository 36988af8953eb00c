/** What the pages show before a script has loaded anything. A page never fails because of the store: it then shows the defaults, and its scripts try again. */
import { type Canvas, isListed } from '../lib/canvas.ts'
import { defaultSite, type SiteOfPage, siteOfPage } from '../lib/site.ts'
import { type BoardCard, boardCardOf, firstBoard, listCanvases, type StartPage, startPageOf } from '../lib/start-page.ts'
import type { RouteParts } from './http/routes/route-parts.ts'
import type { CanvasCache } from './store/canvas-cache.ts'
import type { SiteCache } from './store/site-cache.ts'

export interface PageData {
  site(): Promise<SiteOfPage>
  start(): Promise<StartPage>
  /** Null when they cannot be read. */
  boards(): Promise<readonly BoardCard[] | null>
  /** Null when there is no such board, or it cannot be read. */
  board(id: string): Promise<Pick<Canvas, 'id' | 'title' | 'width' | 'height'> | null>
  /** The Markdown of the privacy policy. Empty for none. */
  privacy(): Promise<string>
}

export interface PageDataOptions {
  readonly canvases: CanvasCache
  readonly site: SiteCache
  readonly online: RouteParts['operations']['online']
}

export const createPageData = ({ canvases, site, online }: PageDataOptions): PageData => {
  const readSite = () => site.get().catch(() => defaultSite)
  return {
    async site() {
      const [settings, all] = await Promise.all([readSite(), canvases.list().catch(() => [])])
      return siteOfPage(settings, { hasList: all.filter(isListed).length > 1 })
    },
    async start() {
      const [settings, all] = await Promise.all([readSite(), canvases.list().catch(() => null)])
      return all ? startPageOf(settings, all) : firstBoard
    },
    boards: () =>
      canvases.list().then(
        (all) => listCanvases(all, online).map(boardCardOf),
        () => null,
      ),
    privacy: async () => (await readSite()).privacy,
    board: (id) => canvases.get(id).catch(() => null),
  }
}

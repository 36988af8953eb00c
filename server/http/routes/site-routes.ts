/** The settings of the installation, and its logo. */
import { createHash } from 'node:crypto'
import { changesOf } from '../../../lib/act.ts'
import { isGone } from '../../../lib/erasing.ts'
import { invalid } from '../../../lib/refusal.ts'
import { defaultSite, type SiteSettings, type SiteUpdate, showSite, siteLimits } from '../../../lib/site.ts'
import { boardCardOf, listCanvases } from '../../../lib/start-page.ts'
import { isLanguage } from '../../../lib/words/language.ts'
import { pageCatalogues } from '../../../lib/words/page-catalogues.ts'
import { createPageWords, type PageWords } from '../../../lib/words/page-words.ts'
import { type Parsed, parse } from '../../parse.ts'
import { readLogo } from '../../pictures/read-logo.ts'
import { notFound } from '../../refusals.ts'
import { forAdmins, type Operator } from '../callers.ts'
import { matchesTag } from '../entity-tag.ts'
import { type Answer, json } from '../exchange.ts'
import { readRev } from '../if-match.ts'
import { manifestOf } from '../manifest.ts'
import { offlinePage, offlinePolicy } from '../offline-page.ts'
import { problemAnswer } from '../problem.ts'
import { maxSettingsKiB, readJson, readPictureBytes } from '../read-body.ts'
import type { Call, Route } from '../router.ts'
import type { RouteParts } from './route-parts.ts'
import { siteChangeSchema } from './site-schema.ts'

export const siteRoutes = (parts: RouteParts): Route[] => {
  const { callers } = parts.access
  /** Each act of an admin is a line in the log. */
  const act = (action: string, run: (parts: RouteParts, call: Call, admin: Operator) => Promise<Answer>) =>
    forAdmins(callers, async (call, admin) => {
      const answer = await run(parts, call, admin)
      parts.operations.logger.info({ event: 'admin_action', action, by: admin.painter.id, status: answer.status })
      return answer
    })
  return [
    { method: 'GET', path: '/api/site', open: true, handle: async () => json(200, showSite(await parts.site.get())) },
    { method: 'GET', path: '/manifest.webmanifest', handle: (call) => manifest(parts, call) },
    { method: 'GET', path: '/offline.html', handle: (call) => offline(parts, call) },
    { method: 'GET', path: '/api/site/logo', open: true, handle: ({ request }) => logo(parts, request) },
    {
      method: 'GET',
      path: '/api/admin/site',
      // Not from the cache: after `stale_rev` an admin needs the newest revision.
      handle: forAdmins(callers, async () => json(200, showSite(await parts.store.getSite()))),
    },
    { method: 'PATCH', path: '/api/admin/site', handle: act('site.set', change) },
    { method: 'PUT', path: '/api/admin/site/logo', handle: act('site.logo', setLogo) },
    {
      method: 'DELETE',
      path: '/api/admin/site/logo',
      handle: act('site.remove_logo', (all, _, admin) =>
        all.operations.acts.run(admin, { action: 'site.remove_logo' }, () => save(all, { change: {}, logo: null, rev: null })),
      ),
    },
  ]
}

/** The words of `?language=`, because browsers request these files without cookies. English for any other. */
const wordsOf = ({ request }: Call): PageWords => {
  const asked = new URLSearchParams(request.search).get('language') ?? undefined
  const language = isLanguage(asked) ? asked : 'en'
  return createPageWords(language, pageCatalogues[language])
}

const manifest = async ({ site, placing, operations }: RouteParts, call: Call): Promise<Answer> => {
  const [settings, all] = await Promise.all([site.get(), placing.canvases.list().catch(() => [])])
  const boards = listCanvases(all, operations.online).map(boardCardOf)
  const headers = { 'content-type': 'application/manifest+json', 'cache-control': 'no-cache' }
  return { status: 200, headers, body: JSON.stringify(manifestOf(settings, { boards, words: wordsOf(call) })) }
}

const offline = async ({ site }: RouteParts, call: Call): Promise<Answer> => {
  const words = wordsOf(call)
  const { name } = await site.get().catch(() => defaultSite)
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-language': words.language,
    'content-security-policy': offlinePolicy,
    'cache-control': 'no-cache',
  }
  return { status: 200, headers, body: offlinePage(name, words) }
}

/** Browsers ask each time whether it has changed, because a restore may give an older logo the `rev` of a newer one. */
const logo = async ({ store, site }: RouteParts, request: Call['request']): Promise<Answer> => {
  const png = (await site.get()).logo && (await store.getSiteLogo())
  if (!png) return problemAnswer(notFound)
  const etag = `"${createHash('sha256').update(png).digest('base64url').slice(0, 22)}"`
  const headers = { 'content-type': 'image/png', 'cache-control': 'no-cache', etag }
  if (matchesTag(request.header('if-none-match'), etag)) return { status: 304, headers, body: null }
  return { status: 200, headers, body: png }
}

const change = async (parts: RouteParts, { request }: Call, admin: Operator): Promise<Answer> => {
  const rev = readRev(request)
  if (!rev.ok) return problemAnswer(rev.refusal)
  const read = await readJson(request, maxSettingsKiB)
  const parsed: Parsed<Partial<SiteSettings>> = read.ok ? await readChange(parts, read.value) : read
  if (!parsed.ok) return problemAnswer(parsed.refusal)
  const details = changesOf(await parts.store.getSite(), parsed.value)
  return parts.operations.acts.run(admin, { action: 'site.change', details }, () => save(parts, { change: parsed.value, rev: rev.value }))
}

const readChange = async ({ store }: RouteParts, body: unknown): Promise<Parsed<Partial<SiteSettings>>> => {
  const parsed = parse(siteChangeSchema, body)
  if (!parsed.ok) return parsed
  // The keys that are absent have no value, so the cast only drops `undefined`.
  const settings = parsed.value as Partial<SiteSettings>
  if (Object.keys(settings).length === 0) return { ok: false, refusal: invalid([{ path: '', message: 'must change something' }]) }
  const board = settings.defaultCanvas
  const canvas = board && (await store.getCanvas(board))
  if (!board || (canvas && !isGone(canvas))) return { ok: true, value: settings }
  return { ok: false, refusal: invalid([{ path: 'defaultCanvas', message: `must be the id of a canvas: there is no "${board}"` }]) }
}

const setLogo = async (parts: RouteParts, { request }: Call, admin: Operator): Promise<Answer> => {
  const bytes = await readPictureBytes(request, siteLimits.maxLogoBytes)
  if (!bytes.ok) return problemAnswer(bytes.refusal)
  const read = await readLogo(bytes.value)
  if (!read.ok) return problemAnswer(read.refusal)
  const { width, height } = read.value
  return parts.operations.acts.run(admin, { action: 'site.logo', details: { width, height } }, () =>
    save(parts, { change: {}, logo: read.value, rev: null }),
  )
}

const save = async ({ store, site, operations }: RouteParts, update: Omit<SiteUpdate, 'id'>): Promise<Answer> => {
  const outcome = await store.saveSite({ ...update, id: operations.newGroupId() })
  if (outcome.kind === 'updated') {
    site.forget()
    return json(200, showSite(outcome.site))
  }
  const detail = `The settings have rev ${outcome.site.rev}, not ${update.rev}. Nothing was changed.`
  return problemAnswer({ code: 'stale_rev', detail })
}

/** The settings of the installation, over HTTP. */
import { expect, test } from 'vitest'
import { asEpoch } from '../../lib/brand.ts'
import { planErasing } from '../../lib/erasing.ts'
import { encodeTestPng } from '../../lib/png/png.fixture.ts'
import { defaultSite, siteLimits } from '../../lib/site.ts'
import { updateCanvas } from '../store/store.fixture.ts'
import { asAdmin, bodyOf, expectProblem, start } from './api-expectations.fixture.ts'
import { offlinePolicy } from './offline-page.ts'

const path = '/api/admin/site'
const logoPath = '/api/admin/site/logo'
const png = encodeTestPng({ width: 3, height: 2, kind: 'gray', depth: 8, samples: [1, 2, 3, 4, 5, 6] })
const asPng = { ...asAdmin, 'content-type': 'image/png' }

const setUp = async () => {
  const api = await start()
  const patch = (json: unknown, rev: string | null = '1', to = path) =>
    api.send('PATCH', to, { json, headers: { ...asAdmin, ...(rev === null ? {} : { 'if-match': rev }) } })
  const putLogo = (body: Uint8Array = png, headers: Record<string, string> = asPng) =>
    api.send('PUT', logoPath, { body: Buffer.from(body), headers })
  const site = async () => bodyOf(await api.get('/api/site'))
  return { ...api, patch, putLogo, site }
}

const { changeId: _, ...shownDefault } = { ...defaultSite, logoSize: null }

test('B4 before any change, the settings are the defaults, for pages of every origin', async () => {
  const { get } = await setUp()
  const answer = await get('/api/site')
  expect([answer.headers.get('access-control-allow-origin'), await bodyOf(answer)]).toEqual(['*', shownDefault])
})

test('B4 a change is in the answer and in the next read, and leaves the rest', async () => {
  const { patch, site, send } = await setUp()
  const change = {
    name: 'Winter fresco',
    description: 'A board for the school.\nFrom December on.',
    contact: 'Write to [us](mailto:us@example.org).',
    privacy: '# Privacy\n\nNothing is stored.',
    accent: '#AA0044',
    defaultCanvas: 'main',
  }
  const answer = await patch({ ...change, accent: '#aa0044', privacy: '# Privacy\r\n\r\nNothing is stored.\n' })
  expect([answer.status, await bodyOf(answer)]).toEqual([200, { ...shownDefault, ...change, rev: 2 }])
  expect(await site()).toEqual({ ...shownDefault, ...change, rev: 2 })
  expect((await patch({ accent: null, defaultCanvas: null, contact: '' }, '"2"')).status).toBe(200)
  const admin = await bodyOf(await send('GET', path, { headers: asAdmin }))
  expect(admin).toEqual({ ...shownDefault, ...change, accent: null, defaultCanvas: null, contact: '', rev: 3 })
})

test('a board that is being deleted cannot become the start page', async () => {
  const { patch, store, site } = await setUp()
  expect(await updateCanvas(store, planErasing('delete', asEpoch('aaaabbbb')))).toMatchObject({ kind: 'updated' })
  const problem = await expectProblem(await patch({ defaultCanvas: 'main' }), 'invalid_request')
  expect(problem.errors).toMatchObject([{ path: 'defaultCanvas' }])
  expect(await site()).toEqual(shownDefault)
})

test('B3 an old rev is refused as stale, and a missing or malformed one as invalid', async () => {
  const { patch, site } = await setUp()
  expect((await patch({ name: 'One' })).status).toBe(200)
  const stale = await expectProblem(await patch({ name: 'Two' }), 'stale_rev')
  expect(stale.detail).toBe('The settings have rev 2, not 1. Nothing was changed.')
  for (const rev of [null, '', '*', 'x', '1.5']) {
    expect((await expectProblem(await patch({ name: 'Two' }, rev), 'invalid_request')).errors).toMatchObject([{ path: 'If-Match' }])
  }
  expect(await site()).toMatchObject({ name: 'One', rev: 2 })
})

test.each([
  [{}, ''],
  [null, ''],
  [[], ''],
  [{ logo: 'x' }, ''],
  [{ rev: 5 }, ''],
  [{ name: '' }, 'name'],
  [{ name: ' \u200b' }, 'name'],
  [{ name: 'a\nb' }, 'name'],
  [{ name: 'a\u202eb' }, 'name'],
  [{ name: null }, 'name'],
  [{ name: 'x'.repeat(siteLimits.maxName + 1) }, 'name'],
  [{ description: 'a\u0000b' }, 'description'],
  [{ description: 'x'.repeat(siteLimits.maxDescription + 1) }, 'description'],
  [{ contact: 'x'.repeat(siteLimits.maxContact + 1) }, 'contact'],
  [{ contact: 'a\ud800' }, 'contact'],
  [{ privacy: 'x'.repeat(siteLimits.maxPrivacy + 1) }, 'privacy'],
  [{ privacy: 7 }, 'privacy'],
  [{ privacy: 'Hi <script>alert(1)</script>' }, 'privacy'],
  [{ contact: '[us](javascript:alert(1))' }, 'contact'],
  [{ accent: 'red' }, 'accent'],
  [{ accent: '#12345' }, 'accent'],
  [{ accent: '#12345678' }, 'accent'],
  [{ accent: '#123456;background:url(x)' }, 'accent'],
  [{ accent: 0 }, 'accent'],
  [{ defaultCanvas: 'nowhere' }, 'defaultCanvas'],
  [{ defaultCanvas: '../x' }, 'defaultCanvas'],
  [{ defaultCanvas: '' }, 'defaultCanvas'],
])('%j is refused, names its field and changes nothing', async (change, field) => {
  const { patch, site } = await setUp()
  const problem = await expectProblem(await patch(change), 'invalid_request')
  expect(problem.errors.map((error: { path: string }) => error.path)).toEqual([field])
  const mixed = typeof change === 'object' && !Array.isArray(change) && field !== '' ? { description: 'Good', ...change } : change
  await expectProblem(await patch(mixed), 'invalid_request')
  expect(await site()).toEqual(shownDefault)
})

test('texts of exactly the longest length are taken, in characters and not in bytes', async () => {
  const { patch, site } = await setUp()
  const { maxName, maxDescription, maxContact, maxPrivacy } = siteLimits
  const change = {
    name: '\u{1f600}'.repeat(maxName),
    description: 'é'.repeat(maxDescription),
    contact: 'x'.repeat(maxContact),
    privacy: '\u{1f600}'.repeat(maxPrivacy),
  }
  expect((await patch(change)).status).toBe(200)
  expect(await site()).toMatchObject(change)
})

test('a body over 256 KiB is too large', async () => {
  const { send } = await setUp()
  const body = `{"privacy":"${'x'.repeat(262_144)}"}`
  const headers = { ...asAdmin, 'content-type': 'application/json', 'if-match': '1' }
  await expectProblem(await send('PATCH', path, { body, headers }), 'too_large')
})

test('only an admin changes the settings', async () => {
  const { send, site, post } = await setUp()
  const { token } = await bodyOf(await post('/api/tokens'))
  for (const [headers, code] of [
    [{}, 'unauthenticated'],
    [{ authorization: 'Bearer wrong' }, 'unauthenticated'],
    [{ authorization: `Bearer ${token}` }, 'forbidden'],
  ] as const) {
    const ifMatch = { ...headers, 'if-match': '1' }
    await expectProblem(await send('GET', path, { headers }), code)
    await expectProblem(await send('PATCH', path, { json: { name: 'Mine' }, headers: ifMatch }), code)
    await expectProblem(await send('PUT', logoPath, { body: Buffer.from(png), headers: { ...headers, 'content-type': 'image/png' } }), code)
    await expectProblem(await send('DELETE', logoPath, { headers }), code)
  }
  expect(await site()).toEqual(shownDefault)
})

test('a page of another origin changes nothing', async () => {
  const { send, site } = await setUp()
  const origin = { ...asAdmin, origin: 'https://evil.example', 'if-match': '1' }
  await expectProblem(await send('PATCH', path, { json: { name: 'Mine' }, headers: origin }), 'forbidden')
  await expectProblem(
    await send('PUT', logoPath, { body: Buffer.from(png), headers: { ...asPng, origin: 'https://evil.example' } }),
    'forbidden',
  )
  expect(await site()).toEqual(shownDefault)
})

test('B4 a logo is served as a PNG that nothing may run, and is gone when it is removed', async () => {
  const { putLogo, get, send, site } = await setUp()
  await expectProblem(await get('/api/site/logo'), 'not_found')
  const answer = await putLogo()
  expect([answer.status, await bodyOf(answer)]).toMatchObject([
    200,
    { logo: '/api/site/logo?rev=2', logoSize: { width: 3, height: 2 }, rev: 2 },
  ])
  const logo = await get((await site()).logo)
  expect([logo.status, logo.headers.get('content-type'), logo.headers.get('x-content-type-options')]).toEqual([200, 'image/png', 'nosniff'])
  expect(logo.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(Buffer.from(await logo.arrayBuffer())).toEqual(Buffer.from(png))
  const etag = logo.headers.get('etag') ?? ''
  expect((await get('/api/site/logo?rev=2', { 'if-none-match': etag })).status).toBe(304)
  const removed = await send('DELETE', logoPath, { headers: asAdmin })
  expect([removed.status, await bodyOf(removed)]).toMatchObject([200, { logo: null, logoSize: null, rev: 3 }])
  await expectProblem(await get('/api/site/logo?rev=2'), 'not_found')
})

test('B4 the web app manifest has the name of the site', async () => {
  const { get, patch } = await setUp()
  await patch({ name: 'Winter' })
  const answer = await get('/manifest.webmanifest')
  expect([answer.headers.get('content-type'), await bodyOf(answer)]).toMatchObject(['application/manifest+json', { name: 'Winter' }])
})

test('S4: the manifest has maskable icons, an id that stays, and shortcuts in the language of the page', async () => {
  const { get } = await setUp()
  const manifest = await bodyOf(await get('/manifest.webmanifest?language=de'))
  expect(manifest).toMatchObject({ id: '/', lang: 'de', dir: 'ltr', display: 'standalone', scope: '/' })
  expect(manifest['icons']).toContainEqual(expect.objectContaining({ purpose: 'maskable', sizes: '512x512' }))
  const shortcuts = manifest['shortcuts'] as { name: string; url: string }[]
  expect(shortcuts.at(-1)).toMatchObject({ name: 'Alle Bilder', url: '/boards' })
  expect(shortcuts.length).toBeLessThanOrEqual(4)
})

test('S4: the offline page has no script, no other file, and the escaped name of the site', async () => {
  const { get, patch } = await setUp()
  await patch({ name: '<img src=x>' })
  const answer = await get('/offline.html?language=ar')
  const page = await answer.text()
  expect(answer.headers.get('content-security-policy')).toBe(offlinePolicy)
  expect([answer.headers.get('content-type'), answer.headers.get('content-language')]).toEqual(['text/html; charset=utf-8', 'ar'])
  expect(page).toContain('dir="rtl"')
  expect(page).toContain('&lt;img src=x&gt;')
  expect(page).not.toMatch(/<(script|link|img|style)|url\(/)
  expect((await get('/offline.html?language=%3Cscript%3E')).headers.get('content-language')).toBe('en')
})

test('a change of the name leaves the logo, and a new logo has a new address', async () => {
  const { putLogo, patch, site } = await setUp()
  await putLogo()
  expect((await patch({ name: 'Winter' }, '2')).status).toBe(200)
  expect(await site()).toMatchObject({ name: 'Winter', logo: '/api/site/logo?rev=2', rev: 3 })
  await putLogo()
  expect(await site()).toMatchObject({ name: 'Winter', logo: '/api/site/logo?rev=4', rev: 4 })
})

test('a logo that is no picture is refused, and the old one stays', async () => {
  const { putLogo, site } = await setUp()
  await putLogo()
  for (const body of [Buffer.alloc(0), Buffer.from('<svg onload="alert(1)"/>'), png.subarray(0, png.length - 4)]) {
    expect((await expectProblem(await putLogo(body), 'invalid_request')).errors).toMatchObject([{ path: 'logo' }])
  }
  await expectProblem(await putLogo(png, { ...asAdmin, 'content-type': 'image/svg+xml' }), 'unsupported_media_type')
  expect(await site()).toMatchObject({ logo: '/api/site/logo?rev=2', rev: 2 })
})

test('a logo file of exactly the largest size is read, and one byte more is too large', async () => {
  const { putLogo } = await setUp()
  const fill = (bytes: number) => Buffer.concat([png, Buffer.alloc(bytes - png.length)])
  expect((await putLogo(fill(siteLimits.maxLogoBytes))).status).toBe(200)
  const problem = await expectProblem(await putLogo(fill(siteLimits.maxLogoBytes + 1)), 'too_large')
  expect(problem.detail).toBe('The picture must be at most 128 KiB.')
})

test('while the store is down, the last known settings are answered, and a change says that its outcome is unknown', async () => {
  const { store, clock, site, patch } = await setUp()
  await patch({ name: 'Winter' })
  expect((await site()).name).toBe('Winter')
  store.isDown = true
  clock.nowMs += 5_000
  expect((await site()).name).toBe('Winter')
  await expectProblem(await patch({ name: 'Summer' }, '2'), 'unavailable')
})

test('B2 a change by another process is answered within a second', async () => {
  const { store, clock, site } = await setUp()
  await site()
  await store.saveSite({ id: 'elsewhere', change: { name: 'Elsewhere' }, rev: 1 })
  clock.nowMs += 1_000
  expect((await site()).name).toBe('Elsewhere')
})

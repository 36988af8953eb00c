/** Reading over real connections: canvases, boards, the log, receipts and pictures. */
import { request as httpRequest } from 'node:http'
import { decode } from 'fast-png'
import { describe, expect, test } from 'vitest'
import type { Fixture } from './api.fixture.ts'
import { asAdmin, bodyOf, expectProblem, start } from './api-expectations.fixture.ts'

describe('placements', () => {
  test('a receipt shows the state of a placement', async () => {
    const { post, get, sequence, store, clock } = await start()
    const { id, at } = await bodyOf(await post('/api/pixels', { gx: 70, gy: 66, color: 1 }))
    const shown = { id, canvas: 'main', gx: 70, gy: 66, tile: 257, at }
    expect(await bodyOf(await get(`/api/placements/${id}`))).toEqual({ ...shown, state: 'committed', seq: null })
    await sequence()
    expect(await bodyOf(await get(`/api/placements/${id}`))).toEqual({ ...shown, state: 'sequenced', seq: 1 })
    await store.markAsPublished(await store.getUnpublished({ limit: 10 }), clock.nowMs)
    expect(await bodyOf(await get(`/api/placements/${id}`))).toEqual({ ...shown, state: 'published', seq: 1 })
    await expectProblem(await get(`/api/placements/${id.replace(/\d$/, '1')}`), 'not_found')
    clock.nowMs += 3_600_000
    await store.trim({ publishedBeforeMs: clock.nowMs, keysBeforeMs: 0 })
    await expectProblem(await get(`/api/placements/${id}`), 'log_trimmed')
  })

  test('a receipt of an unknown placement is not found', async () => {
    const { get } = await start()
    for (const id of ['x', '.0', 'a.b', '%00', 'zzzzzzzzzzzzzzzzzzzzz-0.0', 'constructor'])
      await expectProblem(await get(`/api/placements/${id}`), 'not_found')
  })

  test('a pixel shows its painter', async () => {
    const { post, get } = await start()
    expect(await bodyOf(await get('/api/canvases/main/pixels/99/69'))).toEqual({
      gx: 99,
      gy: 69,
      color: '#FFFFFF',
      by: null,
      at: null,
      history: [],
      more: false,
    })
    const { token, painter } = await bodyOf(await post('/api/tokens'))
    const { at } = await bodyOf(await post('/api/pixels', { gx: 99, gy: 69, color: 2 }, { authorization: `Bearer ${token}` }))
    const current = { color: '#00FF00', by: painter, at }
    expect(await bodyOf(await get('/api/canvases/main/pixels/99/69'))).toEqual({
      gx: 99,
      gy: 69,
      ...current,
      history: [{ ...current, cause: 'paint', retracted: null }],
      more: false,
    })
    await expectProblem(await get('/api/canvases/main/pixels/100/0'), 'out_of_bounds')
    await expectProblem(await get(`/api/canvases/main/pixels/0/${'9'.repeat(16)}`), 'out_of_bounds')
    await expectProblem(await get(`/api/canvases/main/pixels/0/${'9'.repeat(101)}`), 'invalid_request')
    await expectProblem(await get('/api/canvases/main/pixels/0/-1'), 'out_of_bounds')
    await expectProblem(await get('/api/canvases/main/pixels/0/70'), 'out_of_bounds')
    await expectProblem(await get('/api/canvases/main/pixels/1.5/0'), 'invalid_request')
    await expectProblem(await get('/api/canvases/main/pixels/0/x'), 'invalid_request')
    await expectProblem(await get('/api/canvases/nope/pixels/0/0'), 'canvas_not_found')
  })

  test('the log is read in pages, in order and without gaps', async () => {
    const { post, get, sequence, clock } = await start()
    const { token, painter } = await bodyOf(await post('/api/tokens'))
    const ids: string[] = []
    for (let i = 0; i < 5; i++) {
      clock.nowMs += 10
      ids.push((await bodyOf(await post('/api/pixels', { gx: i, gy: 65, color: 1 }, { authorization: `Bearer ${token}` }))).id)
      if (i === 3) await sequence()
    }
    const path = '/api/canvases/main/tiles/256/commits'
    const first = await bodyOf(await get(`${path}?limit=3`))
    expect(first).toMatchObject({ tile: 256, epoch: 'epoch001', head: 4, next: 3, painters: { [painter.id]: { name: painter.name } } })
    expect(first.commits.map(({ seq }: { seq: number }) => seq)).toEqual([1, 2, 3])
    expect(first.commits[0]).toEqual({
      seq: 1,
      at: expect.stringMatching(/^2026-.*Z$/),
      cause: 'paint',
      pixels: [{ gx: 0, gy: 65, color: 1, by: painter.id, id: ids[0] }],
    })
    const rest = await bodyOf(await get(`${path}?after=${first.next}&limit=1000`))
    expect(rest).toMatchObject({ next: 4, head: 4, commits: [{ seq: 4 }] })
    expect(await bodyOf(await get(`${path}?after=4`))).toMatchObject({ next: 4, commits: [], painters: {} })
    for (const query of ['limit=0', 'limit=1001', 'limit=x', 'after=-1', 'after=1.5', 'after=', 'limit=1e2']) {
      await expectProblem(await get(`${path}?${query}`), 'invalid_request')
    }
  })

  test('a page before the oldest commit of the log is refused', async () => {
    const { post, get, sequence, store, clock } = await start()
    await post('/api/pixels', { gx: 0, gy: 0, color: 1 })
    await sequence()
    await store.markAsPublished(await store.getUnpublished({ limit: 10 }), clock.nowMs)
    await store.trim({ publishedBeforeMs: clock.nowMs + 1, keysBeforeMs: 0 })
    await expectProblem(await get('/api/canvases/main/tiles/0/commits'), 'log_trimmed')
    expect(await bodyOf(await get('/api/canvases/main/tiles/0/commits?after=1'))).toMatchObject({ head: 1, next: 1, commits: [] })
  })
})

describe('canvases', () => {
  test('a canvas is shown with everything that a client needs', async () => {
    const { get } = await start()
    const shown = {
      protocol: 1,
      id: 'main',
      title: 'Main',
      epoch: 'epoch001',
      rev: 1,
      width: 100,
      height: 70,
      tileSize: 64,
      tilesX: 2,
      tilesY: 2,
      palette: ['#FFFFFF', '#FF0000', '#00FF00', '#0000FF'],
      colorNames: expect.any(Array),
      background: 0,
      cooldownMs: 0,
      maxCharges: 5,
      state: 'open',
      rules: '',
      visibility: 'listed',
      undoMs: 10_000,
      assist: true,
      templates: 'everyone',
      protectedAreas: [],
      onlyColor: null,
      announcement: null,
      opensAt: null,
      closesAt: null,
      archivedAt: null,
      erasing: null,
    }
    expect(await bodyOf(await get('/api/canvases/main'))).toEqual(shown)
    for (const id of ['nope', 'Main', 'm%61in', '__proto__', '..%2f', 'x'.repeat(33)]) {
      await expectProblem(await get(`/api/canvases/${id}`), 'canvas_not_found')
    }
  })

  test('a board has its epoch and seq, and a client with the same tag gets 304', async () => {
    const { post, get, sequence } = await start()
    await post('/api/pixels', { gx: 99, gy: 69, color: 3 })
    const path = '/api/canvases/main/tiles/257/board'
    const before = await get(path, { 'accept-encoding': 'identity' })
    expect(before.headers.get('fresco-seq')).toBe('0')
    await sequence()
    const response = await get(path, { 'accept-encoding': 'identity' })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/octet-stream')
    expect(response.headers.get('cache-control')).toBe('public, max-age=1')
    expect(response.headers.get('fresco-epoch')).toBe('epoch001')
    expect(response.headers.get('fresco-seq')).toBe('1')
    expect(response.headers.get('vary')).toBe('Accept-Encoding')
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('access-control-expose-headers')).toContain('Fresco-Seq')
    const bytes = new Uint8Array(await response.arrayBuffer())
    expect(bytes.length).toBe(64 * 64)
    expect(bytes.indexOf(3)).toBe((69 - 64) * 64 + (99 - 64))
    expect(bytes.filter((color) => color !== 0).length).toBe(1)
    const etag = response.headers.get('etag') ?? ''
    expect(etag).not.toBe(before.headers.get('etag'))
    const unchanged = await get(path, { 'if-none-match': `"x", ${etag}` })
    expect(unchanged.status).toBe(304)
    expect(unchanged.headers.get('etag')).toBe(etag)
    expect((await get(path, { 'if-none-match': before.headers.get('etag') ?? '' })).status).toBe(200)
  })

  test.each(['br', 'zstd', 'gzip'])('a board is sent as %s to clients that accept it', async (encoding) => {
    const { get } = await start()
    const response = await get('/api/canvases/main/tiles/0/board', { 'accept-encoding': encoding })
    expect(response.headers.get('content-encoding')).toBe(encoding)
    expect(Number(response.headers.get('content-length'))).toBeLessThan(200)
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array(64 * 64))
  })

  test('unknown tiles are refused', async () => {
    const { get } = await start()
    for (const rest of ['board', 'commits']) {
      for (const tile of ['2', '-1', '258', '512', '999999999']) {
        await expectProblem(await get(`/api/canvases/main/tiles/${tile}/${rest}`), 'tile_not_found')
      }
      await expectProblem(await get(`/api/canvases/main/tiles/x/${rest}`), 'invalid_request')
      await expectProblem(await get(`/api/canvases/nope/tiles/0/${rest}`), 'canvas_not_found')
    }
  })

  test('the board is sent as a picture', async () => {
    const { post, get, sequence } = await start()
    await post('/api/pixels', { gx: 99, gy: 69, color: 1 })
    await sequence()
    const response = await get('/api/canvases/main/board.png?scale=2')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('image/png')
    const picture = decode(new Uint8Array(await response.arrayBuffer()))
    expect([picture.width, picture.height]).toEqual([200, 140])
    for (const scale of ['0', '9', 'x', '1.5', ''])
      await expectProblem(await get(`/api/canvases/main/board.png?scale=${scale}`), 'invalid_request')
    await expectProblem(await get('/api/canvases/nope/board.png'), 'canvas_not_found')
    const head = await startedHead(await start({ canvas: { width: 16_384, height: 1, tileSize: 1_024 } }))
    expect(head).toEqual([200, 400])
  })

  const startedHead = async ({ send }: Fixture) => [
    (await send('HEAD', '/api/canvases/main/board.png')).status,
    (await send('HEAD', '/api/canvases/main/board.png?scale=2')).status,
  ]
})

describe('pictures', () => {
  test('only an admin paints a picture', async () => {
    const { get, send, sequence } = await start()
    const png = await (await get('/api/canvases/main/board.png')).arrayBuffer()
    const upload = (query: string, headers: Record<string, string>, body: BodyInit = png) =>
      send('POST', `/api/admin/canvases/main/picture${query}`, { body, headers })
    const type = { 'content-type': 'image/png' }
    await expectProblem(await upload('', type), 'unauthenticated')
    const painted = await upload('?gx=0&gy=0', { ...type, ...asAdmin })
    expect(painted.status).toBe(200)
    expect(await bodyOf(painted)).toEqual({ placed: 7_000 })
    await sequence()
    expect(await bodyOf(await get('/api/canvases/main/pixels/99/69'))).toMatchObject({ history: [{ cause: 'picture' }] })
    expect((await bodyOf(await upload('', { 'content-type': 'application/octet-stream', ...asAdmin }))).placed).toBe(7_000)
    await expectProblem(await upload('', { 'content-type': 'text/html', ...asAdmin }), 'unsupported_media_type')
    await expectProblem(await upload('?gx=1', { ...type, ...asAdmin }), 'out_of_bounds')
    await expectProblem(await upload('?gx=-1', { ...type, ...asAdmin }), 'out_of_bounds')
    await expectProblem(await upload('?gx=1.5', { ...type, ...asAdmin }), 'invalid_request')
    await expectProblem(await upload('?nearest=perhaps', { ...type, ...asAdmin }), 'invalid_request')
    await expectProblem(await upload('', { ...type, ...asAdmin }, 'no picture'), 'invalid_request')
    await expectProblem(await upload('', { ...type, ...asAdmin }, png.slice(0, -20)), 'invalid_request')
    await expectProblem(await upload('', { ...type, ...asAdmin, origin: 'http://evil.example' }), 'forbidden')
    const unknown = await send('POST', '/api/admin/canvases/nope/picture', { body: png, headers: { ...type, ...asAdmin } })
    await expectProblem(unknown, 'canvas_not_found')
  })

  test('a picture of more than 32 MiB is refused before it is read', async () => {
    const { port } = await start()
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const upload = httpRequest(
        {
          port,
          method: 'POST',
          path: '/api/admin/canvases/main/picture',
          headers: { ...asAdmin, 'content-type': 'image/png', 'content-length': 32 * 1_048_576 + 1 },
        },
        (response) => {
          response.resume()
          resolve(response.statusCode)
          upload.destroy()
        },
      )
      upload.on('error', reject)
      upload.flushHeaders()
    })
    expect(status).toBe(413)
  })
})

import { afterEach, expect, test, vi } from 'vitest'
import { asPainterId, asSeq } from '../../lib/brand.ts'
import { controlTile } from '../../lib/control-log.ts'
import { firstCommitId } from '../../lib/plan-group.ts'
import type { LiveTile } from '../broadcasting/port.ts'
import { testCanvas, updateCanvas } from '../store/store.fixture.ts'
import { streamCommit } from '../stream/contract.ts'
import { closeAll, connect, follow, join, main, received, start, tile0 } from './gateway.fixture.ts'

afterEach(closeAll)

test('A2 A4 two clients receive every pixel, packed and as JSON, and end with the bytes of the store', async () => {
  const { store, tiles, url, place } = await start()
  const [packed, json] = [await connect(url), await connect(url)]
  const follower = follow(packed)
  const events = received(json, 'pixel_placed')
  expect(await join(packed)).toEqual({ ok: true, epoch: 'epoch001', rev: 1, tiles: [{ tile: 0, head: 0, mode: 'reload' }] })
  expect(await join(json, 0, { format: 'json', epoch: 'epoch001' })).toMatchObject({ tiles: [{ mode: 'live' }] })
  const board = await tiles.board({ canvas: main, tile: tile0 })
  if (board) follower.board(board)
  for (let i = 0; i < 30; i++) await place(i % 7, i % 4)
  await vi.waitFor(() => expect([follower.seq(), events.length]).toEqual([30, 30]))
  expect(follower.colors()).toEqual((await store.readBoard({ canvas: main, tile: tile0 }))?.colors)
  expect(events.map(([event]) => (event as { seq: number }).seq)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
  expect(events[8]?.[0]).toMatchObject({
    canvas: 'main',
    tile: 0,
    seq: 9,
    index: 0,
    count: 1,
    gx: 1,
    gy: 0,
    color: '#FFFFFF',
    cause: 'paint',
  })
})

test('A3 a client that returns gets exactly the missed frames, before newer ones', async () => {
  const { url, place } = await start()
  const first = await connect(url)
  await join(first)
  for (let i = 0; i < 10; i++) await place(i, 1)
  const seen = received(first, 'pixels')
  await vi.waitFor(async () => expect(await join(first, 10)).toMatchObject({ tiles: [{ mode: 'live' }] }))
  const second = await connect(url)
  const frames = received(second, 'pixels')
  expect(await join(second, 4, { epoch: 'epoch001' })).toMatchObject({ tiles: [{ head: 10, mode: 'replay' }] })
  await place(20, 2)
  await vi.waitFor(() => expect(frames.at(-1)?.[3]).toBe(11))
  expect(frames.map(([, , from, to]) => [from, to])).toEqual([
    [5, 10],
    [11, 11],
  ])
  expect(seen.length).toBeGreaterThan(0)
})

test('pixels that a client missed while the server was stopped are replayed from the store', async () => {
  const { store, url, place } = await start()
  for (let i = 0; i < 5; i++) await place(i, 1)
  await vi.waitFor(async () => expect((await store.readHeads(main)).get(tile0)).toBe(5))
  const socket = await connect(url)
  const frames = received(socket, 'pixels')
  expect(await join(socket, 2, { epoch: 'epoch001' })).toMatchObject({ tiles: [{ head: 5, mode: 'replay' }] })
  await vi.waitFor(() => expect(frames.map(([, , from, to]) => [from, to])).toEqual([[3, 5]]))
  expect(await join(socket, 2, { epoch: 'gone0000' })).toMatchObject({ tiles: [{ mode: 'reload' }] })
})

test('A2 a commit that the stream lost is found by comparing heads', async () => {
  const { stream, broadcaster, healed, url, place } = await start()
  const socket = await connect(url)
  const frames = received(socket, 'pixels')
  await join(socket, 0)
  vi.spyOn(stream, 'append').mockImplementation(async (commits) => commits.map(() => ({ kind: 'appended' })))
  await place(1, 1)
  await vi.waitFor(async () => {
    await broadcaster.checkHeads()
    expect(frames).toHaveLength(1)
  })
  expect(healed.gaps).toBe(1)
})

test('presence counts the joined sockets of all gateways, once in two seconds', async () => {
  const { stream, url } = await start()
  const [one, two] = [await connect(url), await connect(url)]
  const messages = received(one, 'presence')
  const atMs: number[] = []
  one.on('presence', () => atMs.push(performance.now()))
  await join(one)
  await vi.waitFor(() => expect(messages[0]).toEqual(['main', 1]), { timeout: 5_000 })
  for (let i = 0; i < 3; i++) {
    await one.timeout(5_000).emitWithAck('leave', { canvas: 'main', tiles: [0] })
    await join(one)
  }
  await join(two)
  stream.signal({ kind: 'presence', gateway: 'elsewhere', online: { main: 5 } })
  await vi.waitFor(() => expect(messages.at(-1)).toEqual(['main', 7]), { timeout: 5_000 })
  two.disconnect()
  await vi.waitFor(() => expect(messages.at(-1)).toEqual(['main', 6]), { timeout: 5_000 })
  const pausesMs = atMs.slice(1).map((ms, index) => ms - (atMs[index] ?? 0))
  expect(Math.min(...pausesMs)).toBeGreaterThan(1_800)
})

test('A2 A3 C2 sockets get each change of the canvas once and in order, and a client that missed changes gets them when it joins again', async () => {
  const { store, gateway, url } = await start()
  const [one, late] = [await connect(url), await connect(url)]
  const changes = [received(one, 'canvas'), received(late, 'canvas')]
  const heads = received(one, 'heads')
  expect(await join(one, 0, { control: 0 })).toMatchObject({ rev: 1, control: { head: 0, mode: 'live' } })
  for (const cooldownMs of [1, 2, 3]) await updateCanvas(store, { cooldownMs })
  const expected = [2, 3, 4].map((rev) => [{ id: 'main', rev }, rev - 1])
  await vi.waitFor(() => expect(changes[0]).toEqual(expected))
  expect(await join(late, 0, { control: 1, epoch: testCanvas().epoch })).toMatchObject({ rev: 4, control: { head: 3, mode: 'replay' } })
  await vi.waitFor(() => expect(changes[1]).toEqual(expected.slice(1)))
  await gateway.sendHeads()
  await vi.waitFor(() => expect(heads.at(-1)).toEqual(['main', testCanvas().epoch, 4, [], 3]))
  expect(await join(late, null, { control: null })).toMatchObject({ control: { head: 3, mode: 'reload' } })
})

test('T16 sockets get each change of a template with its seq, and a client that missed it gets it when it joins again', async () => {
  const { store, url } = await start()
  const [one, late] = [await connect(url), await connect(url)]
  const [changes, missed] = [received(one, 'template'), received(late, 'template')]
  await join(one, 0, { control: 0 })
  const fields = { canvas: main, epoch: testCanvas().epoch, name: 'Dragon', by: asPainterId('p_aaaa'), x: 0, y: 0, width: 1, height: 1 }
  const template = { id: 'aaaaaaaaaaaaaaaa', rev: 1, ...fields, createdAtMs: 1_000, changedAtMs: 1_000 }
  const { templates } = store
  await templates.createTemplate({ template, bytes: new Uint8Array(1), maxOfPainter: 10, groupId: 'template001' })
  await templates.changeTemplate({ template: { ...template, rev: 2, changedAtMs: 1_001 }, bytes: null, groupId: 'template002' })
  await updateCanvas(store, { title: 'Between' })
  await templates.removeTemplate({ id: template.id, groupId: 'template003', nowMs: 3_000 })
  const { id } = template
  const expected = [
    ['main', { id, rev: 1 }, 1],
    ['main', { id, rev: 2 }, 2],
    ['main', { id, rev: null }, 4],
  ]
  await vi.waitFor(() => expect(changes).toEqual(expected))
  expect(await join(late, 0, { control: 1, epoch: testCanvas().epoch })).toMatchObject({ control: { head: 4, mode: 'replay' } })
  await vi.waitFor(() => expect(missed).toEqual(expected.slice(1)))
})

test('E3 sockets get each announcement once, after the canvas that has it, and a client that missed it gets it when it joins again', async () => {
  const { store, url } = await start()
  const [one, late] = [await connect(url), await connect(url)]
  const order: unknown[] = []
  one.on('canvas', ({ rev }: { rev: number }) => order.push(rev))
  one.on('announcement', (event) => order.push(event))
  const missed = received(late, 'announcement')
  await join(one, 0, { control: 0 })
  const announcement = { id: firstCommitId('announcement'), text: 'Hello', level: 'info', atMs: 1_000, untilMs: 61_000 } as const
  await store.updateCanvas({ id: main, change: { announcement }, rev: 1, groupId: 'announcement', nowMs: 1_000 })
  await updateCanvas(store, { title: 'Later' })
  await updateCanvas(store, { announcement: null })
  const event = {
    canvas: 'main',
    id: 'announcement-0',
    text: 'Hello',
    level: 'info',
    at: '1970-01-01T00:00:01.000Z',
    until: '1970-01-01T00:01:01.000Z',
  }
  await vi.waitFor(() => expect(order).toEqual([2, event, 3, 4]))
  expect(await join(late, 0, { control: 0, epoch: testCanvas().epoch })).toMatchObject({ control: { head: 3, mode: 'replay' } })
  await vi.waitFor(() => expect(missed).toEqual([[event]]))
})

test('E3 an announcement arrives also when the canvas was read before its entry came', async () => {
  const { store, stream, url, gateway } = await start()
  const socket = await connect(url)
  const announcements = received(socket, 'announcement')
  await join(socket, 0)
  stream.append = async (commits) => commits.map(() => ({ kind: 'duplicate' }))
  await updateCanvas(store, { announcement: { id: 'first', text: 'Hello', level: 'info', atMs: 1_000, untilMs: null } })
  await gateway.sendHeads()
  await vi.waitFor(() => expect(announcements).toMatchObject([[{ id: 'first', text: 'Hello', until: null }]]))
})

test('A2 C2 a change that the stream lost is read from the store', async () => {
  const { store, stream, url, healed } = await start()
  const socket = await connect(url)
  const changes = received(socket, 'canvas')
  await join(socket)
  stream.append = async (commits) => commits.map(() => ({ kind: 'duplicate' }))
  await updateCanvas(store, { title: 'Lost' })
  await vi.waitFor(() => expect(changes).toEqual([[{ id: 'main', rev: 2 }, 1]]), { timeout: 10_000 })
  expect(healed.gaps).toBe(1)
})

test('A2 a socket that joins more tiles than the cache keeps unwatched receives frames of all of them', async () => {
  const { url, place } = await start({ canvas: { width: 512, height: 512 } })
  const socket = await connect(url)
  const tiles = Array.from({ length: 64 }, (_, i) => Math.floor(i / 8) * 256 + (i % 8))
  const frames = received(socket, 'pixels')
  expect(await socket.timeout(5_000).emitWithAck('join', { canvas: 'main', tiles: tiles.map((tile) => ({ tile, seq: 0 })) })).toMatchObject(
    {
      ok: true,
      tiles: tiles.map((tile) => ({ tile, mode: 'live' })),
    },
  )
  for (const tile of tiles) await place((tile % 256) * 64, 1, { gy: Math.floor(tile / 256) * 64 })
  await vi.waitFor(() => expect(new Set(frames.map(([, tile]) => tile)).size).toBe(64))
})

test('A3 a client that has just caught up receives the next frame', async () => {
  const ref = { canvas: main, tile: tile0 }
  const commit = streamCommit(1)
  const live: LiveTile = {
    ref,
    epoch: commit.epoch,
    head: asSeq(0),
    catchUp() {
      queueMicrotask(() => gateway.frame({ ref, from: commit.seq, to: commit.seq, commits: [commit] }))
      return { mode: 'live' }
    },
  }
  const liveTiles = {
    open: async () => live,
    board: async () => null,
    heads: () => [],
    controlHead: () => asSeq(0),
    commitAtMs: () => null,
    hold: () => () => undefined,
  }
  const { gateway, url } = await start({ gateway: { liveTiles } })
  const socket = await connect(url)
  const frames = received(socket, 'pixels')
  expect(await join(socket, 0)).toMatchObject({ tiles: [{ head: 0, mode: 'live' }] })
  await vi.waitFor(() => expect(frames.map(([, , from, to]) => [from, to])).toEqual([[1, 1]]))
})

test('a leave that follows a join runs after it', async () => {
  const { occupied, store, url } = await start()
  const socket = await connect(url)
  let goOn: () => void = () => undefined
  const readBoard = store.readBoard.bind(store)
  vi.spyOn(store, 'readBoard').mockImplementation(async (ref) => {
    if (ref.tile === tile0)
      await new Promise<void>((resolve) => {
        goOn = resolve
      })
    return readBoard(ref)
  })
  const joined = join(socket, 0)
  const left = socket.timeout(5_000).emitWithAck('leave', { canvas: 'main', tiles: [0] })
  await vi.waitFor(() => expect(store.readBoard).toHaveBeenCalledWith({ canvas: main, tile: tile0 }))
  goOn()
  expect([await joined, await left]).toMatchObject([{ ok: true }, { ok: true }])
  expect(occupied.has({ canvas: main, tile: tile0 })).toBe(false)
})

test('a tile that a join names twice is joined and replayed once', async () => {
  const { url, place } = await start()
  const socket = await connect(url)
  await join(socket, 0)
  await place(0, 1)
  await vi.waitFor(async () => expect(await join(socket, 1)).toMatchObject({ tiles: [{ head: 1 }] }))
  const other = await connect(url)
  const events = received(other, 'pixel_placed')
  const twice = {
    canvas: 'main',
    format: 'json',
    tiles: [
      { tile: 0, seq: 0 },
      { tile: 0, seq: 0 },
    ],
  }
  expect(await other.timeout(5_000).emitWithAck('join', twice)).toMatchObject({ tiles: [{ tile: 0, mode: 'replay' }] })
  await vi.waitFor(() => expect(events).toHaveLength(1))
})

test('a painter receives the charges also on a socket that joined nothing', async () => {
  const { url } = await start({ canvas: { cooldownMs: 60_000 } })
  const socket = await connect(url, { auth: { token: 'anna' } })
  const messages = received(socket, 'me')
  for (let i = 0; i < 3; i++) await socket.timeout(5_000).emitWithAck('place', { gx: i, gy: 0, color: 2 })
  await vi.waitFor(() => expect((messages.at(-1)?.[0] as { charges: unknown } | undefined)?.charges).toMatchObject({ available: 2 }))
})

test('the gateway sends the heads of the tiles', async () => {
  const { gateway, url, place } = await start()
  const socket = await connect(url)
  await join(socket, 0)
  const [frames, heads] = [received(socket, 'pixels'), received(socket, 'heads')]
  await place(0, 1)
  await vi.waitFor(() => expect(frames).toHaveLength(1))
  await gateway.sendHeads()
  await vi.waitFor(() => expect(heads).toEqual([['main', 'epoch001', 1, [[0, 1]], 0]]))
})

test('a client behind a proxy without WebSocket is served by polling, also from a foreign page', async () => {
  const { url, place } = await start()
  const socket = await connect(url, { transports: ['polling'], extraHeaders: { origin: 'http://elsewhere' } })
  const frames = received(socket, 'pixels')
  expect(await join(socket, 0)).toMatchObject({ ok: true })
  await place(0, 1)
  await vi.waitFor(() => expect(frames).toHaveLength(1))
})

test('A6 a thousand joins of a tile that is not in memory read it from the store once', async () => {
  const { store, url, place } = await start()
  await place(1, 1)
  const sockets = await Promise.all(Array.from({ length: 100 }, () => connect(url)))
  const readBoard = vi.spyOn(store, 'readBoard')
  const readCommits = vi.spyOn(store, 'readCommits')
  const answers = await Promise.all(sockets.flatMap((socket) => Array.from({ length: 10 }, () => join(socket))))
  expect(answers).toHaveLength(1_000)
  for (const answer of answers) expect(answer).toMatchObject({ ok: true })
  expect([readBoard.mock.calls.map(([ref]) => ref.tile).sort(), readCommits.mock.calls.length]).toEqual([[tile0, controlTile], 0])
})

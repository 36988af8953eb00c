/** A backup of MongoDB reads one moment, page by page. The proxy hides the probe, as a server that keeps snapshots does. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hasOwnMongo, startBehindProxy } from '../store/mongo/behind-proxy.fixture.ts'
import { paint } from '../store/store.fixture.ts'
import { findsNothing, replies } from '../testing/mongo-failover.fixture.ts'
import type { Document } from '../testing/mongo-messages.fixture.ts'
import type { CommandFate, MongoCommand } from '../testing/mongo-proxy.fixture.ts'
import { backupMongo } from './mongo-backup.ts'

if (!hasOwnMongo && process.env['REQUIRE_SERVICES'] === '1') throw new Error('no MongoDB server to start: set MONGODB_TEST_SERVER')

const pass: CommandFate = { kind: 'pass' }
const failure = (code: number): CommandFate => ({ kind: 'refuse', reply: { ok: 0, code, errmsg: `error ${code}` } })

const isProbe = ({ name, collection, body }: MongoCommand) =>
  name === 'find' && collection === 'meta' && String((body['filter'] as Document)['_id']).startsWith('backup-probe/')
const isPageOf = (wanted: string, { name, collection }: MongoCommand) => name === 'find' && collection === wanted
/** The id after which a page begins. */
const startOf = ({ body }: MongoCommand) => ((body['filter'] as Document)['_id'] as Document | undefined)?.['$gt']

const pixels = 30

describe.skipIf(!hasOwnMongo)('a MongoDB that the test starts (MONGODB_TEST_SERVER)', () => {
  let given: Awaited<ReturnType<typeof startBehindProxy>>
  let folder: string
  const lines: string[] = []
  beforeEach(async () => {
    given = await startBehindProxy()
    folder = mkdtempSync(join(tmpdir(), 'fresco-backup-'))
    lines.length = 0
    const requests = Array.from({ length: pixels }, (_, gx) => paint({ gx, gy: 0, color: 1 }))
    await given.store.place({ id: 'snapshot0001', requests, nowMs: 1 })
  })
  afterEach(async () => {
    rmSync(folder, { recursive: true, force: true })
    await given.dispose()
  })

  const backup = (fateOf: (command: MongoCommand) => CommandFate) => {
    given.proxy.commands.length = 0
    given.proxy.onCommand = fateOf
    return backupMongo({
      uri: `mongodb://127.0.0.1:${given.proxy.port}/${given.database}?directConnection=true&readConcernLevel=majority`,
      retentionMs: 86_400_000,
      folder,
      now: Date.now,
      progress: (line) => void lines.push(line),
    })
  }
  const pagesOf = (collection: string) => given.proxy.commands.filter((command) => isPageOf(collection, command))

  /** A server that keeps snapshots, and fills a page with seven documents. */
  const moments: unknown[] = []
  const keepsSnapshots = (command: MongoCommand): CommandFate => {
    if (!isProbe(command) && !isPageOf('pixels', command)) return pass
    const change = (reply: Document) => {
      const { firstBatch, ...cursor } = reply['cursor'] as Document
      moments.push(cursor['atClusterTime'])
      return { ...reply, cursor: { ...cursor, firstBatch: isProbe(command) ? [] : (firstBatch as unknown[]).slice(0, 7) } }
    }
    return { kind: 'change', change }
  }

  test('every page of every collection is read at the moment of the first read, and is bounded', async () => {
    moments.length = 0
    const { counts } = await backup(keepsSnapshots)
    expect(counts).toMatchObject({ canvases: 1, pixels, outbox: 1 })
    const [moment] = moments
    expect(moment).toBeDefined()
    const pages = given.proxy.commands.filter(({ name, body }) => name === 'find' && 'singleBatch' in body && body['limit'] !== 1)
    expect(new Set(pages.map(({ collection }) => collection)).size).toBe(Object.keys(counts).length)
    for (const { body } of pages) {
      expect(body).toMatchObject({ limit: 10_000, singleBatch: true, maxTimeMS: 30_000, readConcern: { level: 'snapshot' } })
      expect((body['readConcern'] as Document)['atClusterTime']).toEqual(moment)
      expect(body).not.toHaveProperty('autocommit')
    }
    const starts = pagesOf('pixels').map(startOf)
    // Thirty pixels and the empty page at the end.
    expect(starts).toHaveLength(6)
    expect(new Set(starts).size).toBe(6)
    expect(given.proxy.commands.filter(({ name }) => name === 'getMore')).toEqual([])
    expect(lines.join()).not.toContain('transaction')
    const probes = given.proxy.commands.filter(({ name, collection }) => collection === 'meta' && /insert|delete/.test(name))
    expect(probes.map(({ name }) => name)).toEqual(['insert', 'delete'])
    expect(probes[0]?.body).toMatchObject({ writeConcern: { w: 'majority' } })
  })

  test('a page that fails is read again in the same snapshot, and no other page', async () => {
    let failures = 0
    const { counts } = await backup((command) => {
      const isThird = isPageOf('pixels', command) && pagesOf('pixels').length >= 3
      // The driver tries a read twice.
      return isThird && failures < 2 && ++failures ? { kind: 'refuse', reply: replies.primarySteppedDown } : keepsSnapshots(command)
    })
    expect(failures).toBe(2)
    expect(counts['pixels']).toBe(pixels)
    const pages = pagesOf('pixels')
    expect(pages.map(startOf).slice(2, 5)).toEqual(Array(3).fill(startOf(pages[2] as MongoCommand)))
    expect(pages).toHaveLength(6 + 2)
    const moments = pages.map(({ body }) => String((body['readConcern'] as Document)['atClusterTime']))
    expect(new Set(moments).size).toBe(1)
  })

  test.each([239, 246])('a snapshot that MongoDB no longer keeps (error %i) is reported with the parameter to raise', async (code) => {
    const saving = backup((command) =>
      isPageOf('pixels', command) && startOf(command) !== undefined ? failure(code) : keepsSnapshots(command),
    )
    await expect(saving).rejects.toThrow(
      'MongoDB no longer keeps the moment that the backup reads. Raise its parameter minSnapshotHistoryWindowInSeconds (300) above the time of a backup and try again.',
    )
    expect(pagesOf('pixels')).toHaveLength(2)
    expect(readdirSync(folder)).toEqual([])
  })

  test.each([
    ['returns newer data in a snapshot session', () => pass],
    [
      'does not let the user write a probe',
      ({ name, collection }: MongoCommand) => (name !== 'find' && collection === 'meta' ? failure(13) : pass),
    ],
  ])('a server that %s is read in one transaction', async (_what, fateOf) => {
    expect((await backup(fateOf)).counts).toMatchObject({ pixels, outbox: 1 })
    expect(lines[0]).toContain('One transaction reads everything')
    const pages = [...pagesOf('pixels'), ...pagesOf('outboxes')]
    expect(pages.length).toBeGreaterThan(2)
    expect(new Set(pages.map(({ body }) => `${body['autocommit']} ${body['txnNumber']}`)).size).toBe(1)
    expect(pages[0]?.body['autocommit']).toBe(false)
    expect(given.proxy.commands.filter(({ name }) => name === 'commitTransaction')).toHaveLength(2)
  })

  test('a transaction that MongoDB ended is reported with the parameter to raise, and is not continued', async () => {
    const saving = backup((command) => (isPageOf('outboxes', command) ? { kind: 'refuse', reply: replies.noSuchTransaction } : pass))
    await expect(saving).rejects.toThrow(/transactionLifetimeLimitSeconds \(60\)/)
    expect(pagesOf('outboxes')).toHaveLength(1)
    expect(readdirSync(folder)).toEqual([])
  })

  test('a majority that confirms nothing of the probe ends the backup', async () => {
    const stalled = {
      kind: 'change',
      change: (reply: Document) => ({ ...reply, writeConcernError: { code: 64, errmsg: 'timed out' } }),
    } as const
    await expect(backup((command) => (command.name === 'insert' ? stalled : isProbe(command) ? findsNothing : pass))).rejects.toThrow(
      'timed out',
    )
    expect(pagesOf('pixels')).toEqual([])
  })
})

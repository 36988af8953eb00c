/** SQLite on a full disk, with a thread that ends or hangs, and with a COMMIT that fails: a placement is refused or unanswered, never saved in part (A1). */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { asCanvasId, asPosition, asTile } from '../../../lib/brand.ts'
import { paint, testCanvas } from '../store.fixture.ts'
import { openSqliteStore, type SqliteStoreOptions } from './sqlite-store.ts'

const main = asCanvasId('main')
const tile = asTile(0)

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fresco-full-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const setUp = async (options: Partial<SqliteStoreOptions> = {}) => {
  const posted = vi.spyOn(Worker.prototype, 'postMessage')
  const store = await openSqliteStore({ file: join(folder, 'fresco.db'), ...options })
  await store.ensureCanvas(testCanvas({ cooldownMs: 1_000, maxCharges: 10_000, startCharges: 10_000 }))
  const writer = posted.mock.contexts[0] as Worker
  const { requests } = { requests: paint({ gx: 0, gy: 0, color: 1 }) }
  let groups = 0
  const place = (gx: number, gy = 0) =>
    store.place({
      id: `group${String(groups++).padStart(8, '0')}`,
      requests: [{ ...requests, pixels: [{ gx, gy, color: 1 }] }],
      nowMs: 1_000,
    })
  const charges = async () => (await store.getCharges(requests.painter.id, main))?.count
  return { store, writer, place, charges }
}

/** Limits the size of this process's files: a write beyond it fails as on a full disk. Null removes the limit. */
const limitFiles = (bytes: number | null) => {
  const { status, stderr } = spawnSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes ?? 'unlimited'}:`])
  if (status !== 0) throw new Error(String(stderr))
}
const hasLimits = process.platform === 'linux' && spawnSync('prlimit', ['--version']).status === 0

test.skipIf(!hasLimits)(
  'A1 on a full disk, placements are refused and change nothing, and they work again when there is space',
  async () => {
    const ignore = () => undefined
    process.on('SIGXFSZ', ignore)
    const { store, place, charges } = await setUp()
    let placed = 0
    try {
      limitFiles(400_000)
      const failed = { code: '' }
      while (!failed.code && placed < 4_000) {
        await place(placed % 64, Math.floor(placed / 64)).then(
          () => placed++,
          (error: { code: string }) => {
            failed.code = error.code
          },
        )
      }
      expect(failed.code).toBe('unavailable')
      await expect(place(60, 60)).rejects.toMatchObject({ code: 'unavailable', reason: 'file_too_large' })
      // Reads still work.
      expect(await store.backlog()).toMatchObject({ unsequenced: placed })
      expect(await charges()).toBe(10_000 - placed)
      expect((await store.readBoard({ canvas: main, tile }))?.seq).toBe(0)
      await expect(store.sequence({ limit: 10 })).rejects.toMatchObject({ code: 'unavailable' })
    } finally {
      limitFiles(null)
      process.off('SIGXFSZ', ignore)
    }
    await place(61, 61)
    expect(await store.backlog()).toMatchObject({ unsequenced: placed + 1 })
    expect(await charges()).toBe(10_000 - placed - 1)
    expect(await store.getPixel({ canvas: main, tile, position: asPosition(60 * 64 + 60) })).toBeNull()
    await store.close()
  },
)

test("A1 when the writer's thread ends, the placement in flight is not answered, later ones are refused, and onFatal is called once", async () => {
  const onFatal = vi.fn()
  const { store, writer, place } = await setUp({ onFatal, failpoints: { 'placement.before-commit': 'hang' } })
  const placing = expect(place(1)).rejects.toMatchObject({ code: 'outcome_unknown' })
  const sequencing = expect(store.sequence({ limit: 1 })).rejects.toMatchObject({ code: 'unavailable' })
  await writer.terminate()
  await Promise.all([placing, sequencing])
  await expect(place(2)).rejects.toMatchObject({ code: 'closed' })
  expect(onFatal).toHaveBeenCalledTimes(1)
  await store.close()
  const again = await openSqliteStore({ file: join(folder, 'fresco.db') })
  expect(await again.backlog()).toMatchObject({ unsequenced: 0 })
  await again.close()
})

test('A1 when the disk hangs, calls fail at their deadline, and a placement is not answered', async () => {
  const { store, writer, place } = await setUp({ deadlineMs: 200, failpoints: { 'placement.before-commit': 'hang' } })
  await expect(place(1)).rejects.toMatchObject({ code: 'outcome_unknown' })
  await expect(store.sequence({ limit: 1 })).rejects.toMatchObject({ code: 'unavailable' })
  await expect(store.ping()).rejects.toMatchObject({ code: 'unavailable' })
  expect(await store.backlog()).toMatchObject({ unsequenced: 0 })
  await writer.terminate()
  await store.close()
})

test.each(['fresco.db', 'fresco.db-wal'])('A1 while the file %s is missing, placements are refused with the reason', async (name) => {
  const { store, place } = await setUp()
  await place(1)
  renameSync(join(folder, name), join(folder, 'away'))
  await expect(place(2)).rejects.toMatchObject({ code: 'unavailable', reason: 'missing' })
  await expect(store.sequence({ limit: 10 })).rejects.toMatchObject({ reason: 'missing' })
  await expect(store.checkWritable()).rejects.toMatchObject({ reason: 'missing' })
  // A new file of the same name is not the open file.
  writeFileSync(join(folder, name), '')
  await expect(place(3)).rejects.toMatchObject({ reason: 'missing' })
  renameSync(join(folder, 'away'), join(folder, name))
  await store.checkWritable()
  await place(4)
  expect(await store.backlog()).toMatchObject({ unsequenced: 2 })
  await store.close()
})

test('standings are counted again after the counting thread could not start', async () => {
  const { store, place } = await setUp()
  await place(1)
  const [file, away] = [join(folder, 'fresco.db'), join(folder, 'away')]
  renameSync(file, away)
  mkdirSync(file)
  await expect(store.projections.countStanding({ canvas: main, sinceMs: 0 })).rejects.toThrow('cannot be opened')
  rmdirSync(file)
  renameSync(away, file)
  expect([...(await store.projections.countStanding({ canvas: main, sinceMs: 0 })).values()]).toEqual([{ all: 1, recent: 1 }])
  await store.close()
})

test('a database with damaged pages is reported as corrupt', async () => {
  const { store, place } = await setUp()
  for (let gx = 0; gx < 64; gx++) await place(gx)
  await store.close()
  const file = join(folder, 'fresco.db')
  const bytes = readFileSync(file)
  bytes.fill(0xa5, 8_192)
  writeFileSync(file, bytes)
  const again = await openSqliteStore({ file }).catch((error: unknown) => String(error))
  if (typeof again === 'string') return expect(again).toMatch(/malformed|corrupt/)
  await expect(again.backlog()).rejects.toMatchObject({ code: 'unavailable', reason: 'corrupt' })
  await again.close()
})

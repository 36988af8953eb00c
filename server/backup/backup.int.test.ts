/** Real stores, saved and put back, whole or not at all. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { chmod, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { randomsOf } from '../../lib/randoms.ts'
import { eachWithPaintedStore, main, nowMs, placeAt, project, publish, runAudit } from '../audit/painted-store.fixture.ts'
import { runCommand } from '../cli/run-command.ts'
import { readConfig } from '../config.ts'
import { hasTestMongo, TestMongo } from '../store/mongo/test-mongo.fixture.ts'
import { paint, testCanvas } from '../store/store.fixture.ts'
import { createMongoTestStore, createSqliteTestStore, retentionMs, type TestStore } from '../store/test-stores.fixture.ts'

const configOf = (env: Readonly<Record<string, string>>) => {
  const result = readConfig(env)
  // What tests published in 1970 must not expire.
  return result.ok ? { ...result, config: { ...result.config, outboxRetentionMs: retentionMs } } : result
}

const run = async ({ env }: TestStore, args: readonly string[], onTell: (line: string) => void = () => undefined) => {
  const out: string[] = []
  const err: string[] = []
  const tell = (line: string) => {
    err.push(line)
    onTell(line)
  }
  const code = await runCommand({
    args,
    config: () => configOf(env),
    print: (line) => void out.push(line),
    progress: tell,
    ask: null,
    now: () => 0,
  })
  return { code, out: out.join('\n'), err: err.join('\n') }
}

const epochOf = async (under: TestStore) => {
  const store = await under.openReading()
  const [canvas] = await store.listCanvases()
  await store.close()
  return canvas?.epoch ?? ''
}

/** What a restore changes, taken out: the epoch, and the canvas's rev. */
const withoutEpoch = (dump: Record<string, string[]>, epoch: string) => {
  const { heartbeats: _, points: __, ...kept } = dump
  const plain = (text: string) => text.replaceAll(epoch, 'EPOCH').replaceAll(/\\"rev\\":\d+/g, 'REV')
  return Object.fromEntries(Object.entries(kept).map(([name, rows]) => [name, rows.map(plain).sort()]))
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

test.each<[string, (database: DatabaseSync, path: string) => void]>([
  ['another program', (database) => database.exec('CREATE TABLE x (y)')],
  ['another schema', (database) => database.exec('PRAGMA user_version = 1')],
])('a database of %s with a right checksum is not restored', async (_what, damage) => {
  const under = createSqliteTestStore()
  const parent = mkdtempSync(join(tmpdir(), 'fresco-backup-'))
  const folder = join(parent, 'backup')
  try {
    await (await under.open()).close()
    await run(under, ['backup', folder])
    const before = await under.dump()
    const path = join(folder, 'fresco.db')
    const database = new DatabaseSync(path)
    damage(database, path)
    database.close()
    const bytes = await readFile(path)
    const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as object
    await writeFile(
      join(folder, 'manifest.json'),
      JSON.stringify({ ...manifest, files: [{ name: 'fresco.db', bytes: bytes.length, sha256: sha256(bytes) }] }),
    )
    expect(await run(under, ['restore', folder, '--force'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('is not the database of its manifest. Nothing was changed.'),
    })
    expect(await under.dump()).toEqual(before)
  } finally {
    await under.dispose()
    rmSync(parent, { recursive: true })
  }
})

const describeBackup = (name: string, isThere: boolean, make: () => TestStore) =>
  describe.skipIf(!isThere)(`a backup of ${name}`, () => {
    let under: TestStore
    let parent: string
    let folder: string
    eachWithPaintedStore(make, (copy) => {
      under = copy
    })
    beforeEach(() => {
      parent = mkdtempSync(join(tmpdir(), 'fresco-backup-'))
      folder = join(parent, 'monday')
    })
    afterEach(() => rmSync(parent, { recursive: true, force: true }))

    test('A1 A4 brings back what was there, under a new epoch, and painting goes on', async () => {
      const store = await under.open()
      const before = await under.dump()
      expect(await run(under, ['backup', folder])).toMatchObject({
        code: 0,
        out: expect.stringMatching(/1 canvases, \d+ pixels, 60 commits/),
      })
      const random = randomsOf(77)
      for (let index = 100; index < 140; index++) await placeAt(store, index, random)
      await publish(store)
      await project(store)
      await store.close()

      const later = await under.dump()
      expect(await run(under, ['restore', folder])).toMatchObject({ code: 1, err: expect.stringContaining('--force') })
      expect(await under.dump()).toEqual(later)
      expect(await run(under, ['restore', folder, '--force'])).toMatchObject({ code: 0, out: expect.stringContaining('1 canvases') })
      const epoch = await epochOf(under)
      const { epoch: formerly } = testCanvas()
      expect(epoch).toMatch(/^[a-z2-7]{8}$/)
      expect(epoch).not.toBe(formerly)
      const restored = await under.dump()
      expect(JSON.stringify(restored)).not.toContain(formerly)
      expect(withoutEpoch(restored, epoch)).toEqual(withoutEpoch(before, formerly))
      expect((await runAudit(under, { epoch })).findings).toEqual([])

      const again = await under.open()
      const heads = await again.readHeads(main)
      await again.place({ id: 'groupafter0000', requests: [paint({ gx: 5, gy: 5, color: 2 })], nowMs: nowMs + 5_000 })
      await publish(again)
      await project(again)
      const sum = (all: ReadonlyMap<unknown, number>) => [...all.values()].reduce((total, head) => total + head, 0)
      // The one that had no number, and the new one.
      expect(sum(await again.readHeads(main))).toBe(sum(heads) + 2)
      expect((await runAudit(under, { epoch })).findings).toEqual([])
      await again.close()
    })

    test('is one moment of a store that is painted on, published and projected meanwhile', async () => {
      const store = await under.open()
      const random = randomsOf(3)
      let running = true
      const busy = (async () => {
        let index = 100
        for (; running; index++) {
          await placeAt(store, index, random)
          if (index % 3 === 0) await publish(store)
          if (index % 5 === 0) await project(store)
        }
        return index
      })()
      const env = { ...process.env, ...under.env }
      const { stdout } = await promisify(execFile)(process.execPath, ['server/cli/main.ts', 'backup', folder], { env })
      expect(stdout).toContain('1 canvases')
      running = false
      expect(await busy).toBeGreaterThan(110)
      await store.close()
      const empty = make()
      expect((await run(empty, ['restore', folder])).code).toBe(0)
      const { report, findings } = await runAudit(empty, { epoch: await epochOf(empty) })
      expect(findings).toEqual([])
      expect(report.commits).toBeGreaterThan(50)
      await empty.dispose()
    })

    test('wants a folder of its own', async () => {
      await mkdir(folder)
      await writeFile(join(folder, 'note.txt'), 'mine')
      expect(await run(under, ['backup', folder])).toMatchObject({ code: 1, err: expect.stringContaining('is not empty') })
      expect(await readdir(folder)).toEqual(['note.txt'])
    })

    test('that cannot be written says so and leaves the folder empty', async () => {
      const command = 'ulimit -f 1; exec "$0" server/cli/main.ts backup "$1"'
      const saving = promisify(execFile)('bash', ['-c', command, process.execPath, folder], { env: { ...process.env, ...under.env } })
      await expect(saving).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(`The backup could not be saved in ${folder}`) })
      expect(await readdir(folder)).toEqual([])
      expect((await run(under, ['backup', folder])).code).toBe(0)
    })

    test('that is damaged, interrupted, of a newer Fresco or of another store is refused, and nothing is changed', async () => {
      await run(under, ['backup', folder])
      const before = await under.dump()
      const manifestPath = join(folder, 'manifest.json')
      const manifest = await readFile(manifestPath, 'utf8')
      const other = under.kind === 'sqlite' ? 'mongo' : 'sqlite'
      const largest =
        (JSON.parse(manifest) as { files: { name: string; bytes: number }[] }).files.sort((a, b) => b.bytes - a.bytes)[0]?.name ?? ''
      const bytes = await readFile(join(folder, largest))
      const middle = Math.floor(bytes.length / 2)
      const garbled = Buffer.concat([bytes.subarray(0, middle), Buffer.from([(bytes[middle] ?? 0) ^ 1]), bytes.subarray(middle + 1)])
      type File = { name: string; bytes: number; sha256: string }
      const withFiles = (change: (files: readonly File[]) => readonly Partial<File>[]) => {
        const whole = JSON.parse(manifest) as { files: File[] }
        return JSON.stringify({ ...whole, files: change(whole.files) })
      }
      await writeFile(`${folder}-copy`, manifest)
      const cases: [string, () => Promise<void>][] = [
        ['missing or damaged', () => writeFile(join(folder, largest), garbled)],
        ['missing or damaged', () => writeFile(join(folder, largest), bytes.subarray(0, -1))],
        ['missing or damaged', () => rm(join(folder, largest))],
        ['not one that this Fresco understands', () => writeFile(manifestPath, manifest.slice(0, -10))],
        ['not one that this Fresco understands', () => writeFile(manifestPath, manifest.replace(largest, `../${largest}`))],
        ['made by a newer Fresco', () => writeFile(manifestPath, manifest.replace(/"schemaVersion": \d+/, '"schemaVersion": 999'))],
        ['does not list', () => writeFile(manifestPath, manifest.replaceAll(`"${largest}"`, '"a.txt"'))],
        [
          'listed twice',
          () =>
            writeFile(
              manifestPath,
              withFiles((files) => [...files, ...files]),
            ),
        ],
        [
          'no file of a backup',
          () =>
            writeFile(
              manifestPath,
              withFiles((files) => [...files, { ...files[0], name: 'a.txt' }]),
            ),
        ],
        [
          'missing or damaged',
          () =>
            writeFile(
              manifestPath,
              withFiles((files) => files.map((file) => ({ ...file, bytes: 1 }))),
            ),
        ],
        ['is not in the manifest.json', () => writeFile(join(folder, 'fresco.db-wal'), 'x')],
        [
          'missing or damaged',
          () => rename(join(folder, largest), `${folder}-moved`).then(() => symlink(`${folder}-moved`, join(folder, largest))),
        ],
        ['not one that this Fresco understands', () => rm(manifestPath).then(() => symlink(`${folder}-copy`, manifestPath))],
        ['This backup is for', () => writeFile(manifestPath, manifest.replace(`"${under.kind}"`, `"${other}"`))],
        ['it is no backup, or one that was interrupted', () => rm(manifestPath)],
      ]
      for (const [sentence, damage] of cases) {
        await damage()
        expect(await run(under, ['restore', folder, '--force'])).toMatchObject({ code: 1, err: expect.stringContaining(sentence) })
        expect(await under.dump()).toEqual(before)
        for (const path of [join(folder, largest), manifestPath, join(folder, 'fresco.db-wal')]) await rm(path, { force: true })
        await writeFile(join(folder, largest), bytes)
        await writeFile(manifestPath, manifest)
      }
    })

    test.each([0o000, 0o022, 0o077])('is for its owner only, as is what it is restored into, under the umask %o', async (umask) => {
      const dataDir = join(parent, 'fresh', 'data')
      const fresco = (args: string, env: Readonly<Record<string, string>>) => {
        const command = `umask ${umask.toString(8)}; exec "$0" server/cli/main.ts ${args} "$1"`
        return promisify(execFile)('sh', ['-c', command, process.execPath, folder], { env: { ...process.env, ...env } })
      }
      await fresco('backup', under.env)
      const made = [folder, ...(await readdir(folder)).map((name) => join(folder, name))]
      if (under.kind === 'sqlite') {
        for (const path of [join(folder, 'fresco.db'), folder]) await chmod(path, 0o755)
        await fresco('restore', { ...under.env, DATA_DIR: dataDir })
        for (const path of [join(folder, 'fresco.db'), folder]) await chmod(path, path === folder ? 0o700 : 0o600)
        made.push(join(parent, 'fresh'), dataDir, ...(await readdir(dataDir)).map((name) => join(dataDir, name)))
      }
      expect(made.length).toBeGreaterThan(2)
      for (const path of made) {
        const info = await stat(path)
        expect([path, info.mode & 0o777]).toEqual([path, info.isDirectory() ? 0o700 : 0o600])
      }
    })

    test('is not restored under a server that runs', async () => {
      await run(under, ['backup', folder])
      const store = await under.open()
      let beats = 0
      const beat = () => store.beat({ id: 'one', roles: ['publisher'], beats: ++beats, startedAtMs: 0, atMs: Date.now(), report: '{}' })
      let beating = beat()
      await beating
      const timer = setInterval(() => {
        beating = beating.then(beat)
      }, 100)
      const refused = await run(under, ['restore', folder, '--force'])
      clearInterval(timer)
      await beating
      expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/Stop (it first|all of its processes)/) })
      await store.close()
      // One that was killed leaves its last sign behind.
      expect((await run(under, ['restore', folder, '--force'])).code).toBe(0)
    })

    test('whose restoring is interrupted leaves no half store that could be started', async () => {
      await run(under, ['backup', folder])
      const before = await under.dump()
      const dies = (line: string) => {
        if (/new epoch|Restoring history/.test(line)) throw new Error('killed here')
      }
      await expect(run(under, ['restore', folder, '--force'], dies)).resolves.toMatchObject({
        code: 1,
        err: expect.stringContaining('killed here'),
      })
      if (under.kind === 'sqlite') expect(await under.dump()).toEqual(before)
      else {
        await expect(under.open()).rejects.toThrow('has not come to its end')
        await expect(under.openReading()).rejects.toThrow('has not come to its end')
        expect(await run(under, ['backup', join(parent, 'tuesday')])).toMatchObject({ code: 1 })
      }
      expect((await run(under, ['restore', folder, ...(under.kind === 'sqlite' ? ['--force'] : [])])).code).toBe(0)
      expect((await runAudit(under, { epoch: await epochOf(under) })).findings).toEqual([])
    })
  })

let mongo: TestMongo
beforeAll(async () => {
  if (hasTestMongo()) mongo = await TestMongo.start()
})
afterAll(() => mongo?.dispose())
if (!hasTestMongo() && process.env['REQUIRE_SERVICES'] === '1') throw new Error('no MongoDB: set MONGODB_TEST_URI or MONGODB_TEST_SERVER')
describeBackup('SQLite', true, createSqliteTestStore)
describeBackup('MongoDB (MONGODB_TEST_URI or MONGODB_TEST_SERVER)', hasTestMongo(), () => createMongoTestStore(mongo))

test.each([['backup'], ['restore'], ['backup', 'a', 'b'], ['backup', 'a', '--force']])('%j %j is bad usage', async (...args) => {
  const under = createSqliteTestStore()
  expect(
    await run(
      under,
      args.filter((arg) => arg !== undefined),
    ),
  ).toMatchObject({ code: 2 })
  await under.dispose()
})

/** A damaged backup is not restored, and nothing is changed. */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { createSqliteTestStore } from '../store/test-stores.fixture.ts'
import { describeBackups, run } from './backup.fixture.ts'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

test.each<[string, (database: DatabaseSync, path: string) => void]>([
  ['another program', (database) => database.exec('CREATE TABLE x (y)')],
  ['another schema', (database) => database.exec('PRAGMA user_version = 1')],
])('a database of %s with a correct checksum is not restored', async (_what, damage) => {
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
      err: expect.stringContaining('is not the database in the manifest. Nothing was changed.'),
    })
    expect(await under.dump()).toEqual(before)
  } finally {
    await under.dispose()
    rmSync(parent, { recursive: true })
  }
})

describeBackups('a backup', (setup) => {
  test('that is damaged, incomplete, of a newer version or of another store is refused', async () => {
    const {
      folder,
      painted: { under },
    } = setup
    await run(under, ['backup', folder])
    const before = await under.dump()
    const manifestPath = join(folder, 'manifest.json')
    const manifest = await readFile(manifestPath, 'utf8')
    const other = under.kind === 'sqlite' ? 'mongo' : 'sqlite'
    const largest =
      (JSON.parse(manifest) as { files: { name: string; bytes: number }[] }).files.sort((a, b) => b.bytes - a.bytes)[0]?.name ?? ''
    const bytes = await readFile(join(folder, largest))
    const middle = Math.floor(bytes.length / 2)
    const damaged = Buffer.concat([bytes.subarray(0, middle), Buffer.from([(bytes[middle] ?? 0) ^ 1]), bytes.subarray(middle + 1)])
    type File = { name: string; bytes: number; sha256: string }
    const withFiles = (change: (files: readonly File[]) => readonly Partial<File>[]) => {
      const whole = JSON.parse(manifest) as { files: File[] }
      return JSON.stringify({ ...whole, files: change(whole.files) })
    }
    await writeFile(`${folder}-copy`, manifest)
    const cases: [string, () => Promise<void>][] = [
      ['missing or damaged', () => writeFile(join(folder, largest), damaged)],
      ['missing or damaged', () => writeFile(join(folder, largest), bytes.subarray(0, -1))],
      ['missing or damaged', () => rm(join(folder, largest))],
      ['is not valid for this version of Fresco', () => writeFile(manifestPath, manifest.slice(0, -10))],
      ['is not valid for this version of Fresco', () => writeFile(manifestPath, manifest.replace(largest, `../${largest}`))],
      [
        'A newer version of Fresco made this backup',
        () => writeFile(manifestPath, manifest.replace(/"schemaVersion": \d+/, '"schemaVersion": 999')),
      ],
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
        'not a file of a backup',
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
      ['is not valid for this version of Fresco', () => rm(manifestPath).then(() => symlink(`${folder}-copy`, manifestPath))],
      ['This backup is for', () => writeFile(manifestPath, manifest.replace(`"${under.kind}"`, `"${other}"`))],
      ['it is not a backup, or the backup was interrupted', () => rm(manifestPath)],
    ]
    for (const [message, damage] of cases) {
      await damage()
      expect(await run(under, ['restore', folder, '--force'])).toMatchObject({ code: 1, err: expect.stringContaining(message) })
      expect(await under.dump()).toEqual(before)
      for (const path of [join(folder, largest), manifestPath, join(folder, 'fresco.db-wal')]) await rm(path, { force: true })
      await writeFile(join(folder, largest), bytes)
      await writeFile(manifestPath, manifest)
    }
  })
})

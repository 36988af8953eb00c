/** Backups of real stores are saved and restored, completely or not at all. */
import { execFile } from 'node:child_process'
import { chmod, mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test, vi } from 'vitest'
import { randomsOf } from '../../lib/randoms.ts'
import { main, nowMs, placeAt, project, publish, runAudit } from '../audit/painted-store.fixture.ts'
import { paint, testCanvas } from '../store/store.fixture.ts'
import { createSqliteTestStore } from '../store/test-stores.fixture.ts'
import { describeBackups, epochOf, holdBackup, run } from './backup.fixture.ts'

/** Replaces what a restore changes: the epoch, and the canvas's rev. The restore is also an act. */
const withoutEpoch = (dump: Record<string, string[]>, epoch: string) => {
  const { heartbeats: _, points: __, acts: ___, ...kept } = dump
  const plain = (text: string) => text.replaceAll(epoch, 'EPOCH').replaceAll(/\\"rev\\":\d+/g, 'REV')
  return Object.fromEntries(Object.entries(kept).map(([name, rows]) => [name, rows.map(plain).sort()]))
}

describeBackups('a backup', (setup) => {
  test('A1 A4 restores everything under a new epoch, and placements continue', async () => {
    const {
      folder,
      painted: { under },
    } = setup
    const store = await under.open()
    const before = await under.dump()
    expect(await run(under, ['backup', folder])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/1 canvases, \d+ pixels, 63 commits/),
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
    const { epoch: oldEpoch } = testCanvas()
    expect(epoch).toMatch(/^[a-z2-7]{8}$/)
    expect(epoch).not.toBe(oldEpoch)
    const restored = await under.dump()
    expect(JSON.stringify(restored)).not.toContain(oldEpoch)
    expect(withoutEpoch(restored, epoch)).toEqual(withoutEpoch(before, oldEpoch))
    expect((await runAudit(under, { epoch })).findings).toEqual([])

    const again = await under.open()
    const heads = await again.readHeads(main)
    await again.place({ id: 'groupafter0000', requests: [paint({ gx: 5, gy: 5, color: 2 })], nowMs: nowMs + 5_000 })
    await publish(again)
    await project(again)
    const sum = (all: ReadonlyMap<unknown, number>) => [...all.values()].reduce((total, head) => total + head, 0)
    // The unsequenced commit and the new one.
    expect(sum(await again.readHeads(main))).toBe(sum(heads) + 2)
    expect((await runAudit(under, { epoch })).findings).toEqual([])
    await again.close()
  })

  test('is consistent during placements, publishing and projecting', async () => {
    const {
      folder,
      painted: { under, makeStore },
    } = setup
    const store = await under.open()
    const random = randomsOf(3)
    let running = true
    let acknowledged = 0
    const busy = (async () => {
      for (let index = 100; running; index++) {
        await placeAt(store, index, random)
        acknowledged++
        if (index % 3 === 0) await publish(store)
        if (index % 5 === 0) await project(store)
      }
    })()
    const backup = holdBackup({ ...process.env, ...under.env }, folder)
    await backup.held
    const before = acknowledged
    // So many also publish and project.
    await vi.waitFor(() => expect(acknowledged).toBeGreaterThan(before + 15), { timeout: 60_000 })
    expect(await backup.finish()).toContain('1 canvases')
    running = false
    await busy
    await store.close()
    const empty = makeStore()
    expect((await run(empty, ['restore', folder])).code).toBe(0)
    const { report, findings } = await runAudit(empty, { epoch: await epochOf(empty) })
    expect(findings).toEqual([])
    expect(report.commits).toBeGreaterThan(50)
    // The placements during the backup are not in it.
    expect(report.commits).toBeLessThan(60 + before + 10)
    await empty.dispose()
  }, 120_000)

  test('needs an empty folder', async () => {
    const {
      folder,
      painted: { under },
    } = setup
    await mkdir(folder)
    await writeFile(join(folder, 'note.txt'), 'mine')
    expect(await run(under, ['backup', folder])).toMatchObject({ code: 1, err: expect.stringContaining('is not empty') })
    expect(await readdir(folder)).toEqual(['note.txt'])
  })

  test('that cannot be written reports it and leaves the folder empty', async () => {
    const {
      folder,
      painted: { under },
    } = setup
    const command = 'ulimit -f 1; exec "$0" server/cli/main.ts backup "$1"'
    const saving = promisify(execFile)('bash', ['-c', command, process.execPath, folder], { env: { ...process.env, ...under.env } })
    await expect(saving).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(`The backup could not be saved in ${folder}`) })
    expect(await readdir(folder)).toEqual([])
    expect((await run(under, ['backup', folder])).code).toBe(0)
  })

  test.each([0o000, 0o022, 0o077])('and a restored store are readable by their owner only, under the umask %o', async (umask) => {
    const {
      parent,
      folder,
      painted: { under },
    } = setup
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

  test('is not restored under a running server', async () => {
    const {
      folder,
      painted: { under },
    } = setup
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
    expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/Stop (it first|all processes)/) })
    await store.close()
    // A killed server leaves its last heartbeat.
    expect((await run(under, ['restore', folder, '--force'])).code).toBe(0)
  })

  test('whose restore is interrupted leaves no partial store that a server opens', async () => {
    const {
      parent,
      folder,
      painted: { under },
    } = setup
    await run(under, ['backup', folder])
    const before = await under.dump()
    const fail = (line: string) => {
      if (/new epoch|Restoring history/.test(line)) throw new Error('interrupted')
    }
    await expect(run(under, ['restore', folder, '--force'], fail)).resolves.toMatchObject({
      code: 1,
      err: expect.stringContaining('interrupted'),
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

test.each([['backup'], ['restore'], ['backup', 'a', 'b'], ['backup', 'a', '--force']])(
  'the arguments %j %j are wrong usage',
  async (...args) => {
    const under = createSqliteTestStore()
    expect(
      await run(
        under,
        args.filter((arg) => arg !== undefined),
      ),
    ).toMatchObject({ code: 2 })
    await under.dispose()
  },
)

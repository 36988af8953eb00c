/** `fresco backup verify` on real backups, good and damaged ones, and of boards that are being erased. */

import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import mongoose from 'mongoose'
import { expect, test } from 'vitest'
import { asEpoch, asTile } from '../../lib/brand.ts'
import { type Erasing, planErasing } from '../../lib/erasing.ts'
import { main, nowMs, project, publish, runAudit } from '../audit/painted-store.fixture.ts'
import { BoardEraser } from '../erasing/board-eraser.ts'
import { noFailpoints } from '../failpoints.ts'
import { silentLogger } from '../observability/log.ts'
import type { Store } from '../store/port.ts'
import type { TestStore } from '../store/test-stores.fixture.ts'
import { describeBackups, epochOf, run } from './backup.fixture.ts'
import type { Manifest } from './manifest.ts'

/** The databases that a verification left. */
const scratchDatabases = async ({ env }: TestStore) => {
  const connection = await mongoose.createConnection(env['MONGODB_URI'] ?? '').asPromise()
  const { databases } = await connection.getClient().db('admin').admin().listDatabases()
  await connection.close()
  return databases.map(({ name }) => name).filter((name) => name.startsWith('fresco-verify-'))
}

const leftovers = async (under: TestStore, parent: string) =>
  under.kind === 'mongo' ? scratchDatabases(under) : (await readdir(parent)).filter((name) => name.startsWith('.'))

describeBackups('the verification of a backup', (setup) => {
  test('restores it beside the store, audits it, and leaves store, backup and disk as they were', async () => {
    const {
      folder,
      parent,
      painted: { under },
    } = setup
    await run(under, ['backup', folder])
    const before = await under.dump()
    expect(await run(under, ['backup', 'verify', folder])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/is good\. 1 canvases, .* 62 commits agree/),
    })
    expect(await under.dump()).toEqual(before)
    expect(await leftovers(under, parent)).toEqual([])
    if (under.kind === 'mongo') return
    expect(await run(under, ['backup', 'verify'])).toMatchObject({ code: 2, err: expect.stringContaining('DIR is missing') })
    expect(await run(under, ['backup', 'verify', folder, '--scratch', join(parent, 'none')])).toMatchObject({
      code: 1,
      err: expect.stringContaining('No scratch folder can be made'),
    })
  })

  test('finds a pixel that differs from the log behind correct checksums, and a file that was changed', async () => {
    const {
      folder,
      parent,
      painted: { under },
    } = setup
    await under.change({
      sql: 'UPDATE pixels SET color = (color + 1) % 4',
      mongo: (database) => database.collection('pixels').updateMany({}, [{ $set: { color: { $mod: [{ $add: ['$color', 1] }, 4] } } }]),
    })
    await run(under, ['backup', folder])
    expect(await run(under, ['backup', 'verify', folder])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/things in the backup disagree.*pixel_differs/),
    })
    expect(await leftovers(under, parent)).toEqual([])
    const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as Manifest
    await writeFile(join(folder, manifest.files[0]?.name ?? ''), 'changed')
    expect(await run(under, ['backup', 'verify', folder])).toMatchObject({ code: 1, err: expect.stringContaining('missing or damaged') })
  })
})

describeBackups('a backup of a board that is being erased', (setup) => {
  const eraserOf = (store: Store) =>
    new BoardEraser({
      ...{ store, failpoints: noFailpoints, logger: silentLogger, clock: { now: () => nowMs, monotonicNow: () => nowMs } },
      newGroupId: () => 'erasing000000',
    })

  test.each<Erasing>(['delete', 'start_over'])('is restored, and the erasing ("%s") goes on to its end', async (erasing) => {
    const {
      folder,
      painted: { under, makeStore },
    } = setup
    const store = await under.open()
    const rev = (await store.getCanvas(main))?.rev ?? 0
    await store.updateCanvas({ id: main, change: planErasing(erasing, asEpoch('epoch002')), rev, groupId: 'erase00000000', nowMs })
    const { removed, next } = await store.eraseRows({ id: main, limit: 20, from: null })
    expect(removed).toBeGreaterThan(0)
    expect(next).not.toBeNull()
    await store.close()
    await run(under, ['backup', folder])
    expect((await run(under, ['backup', 'verify', folder])).code).toBe(0)

    const empty = makeStore()
    expect((await run(empty, ['restore', folder])).code).toBe(0)
    const restored = await empty.open()
    expect((await restored.listCanvases())[0]).toMatchObject({ erasing })
    await eraserOf(restored).step(new AbortController().signal)
    const canvas = await restored.getCanvas(main)
    if (erasing === 'delete') expect(canvas).toBeNull()
    else {
      expect(canvas).toMatchObject({ erasing: null, state: 'paused' })
      expect(await restored.projections.countStanding({ canvas: main, sinceMs: 0 })).toEqual(new Map())
      expect((await restored.readBoard({ canvas: main, tile: asTile(0) }))?.colors.every((color) => color === canvas?.background)).toBe(
        true,
      )
      await publish(restored)
      await project(restored)
    }
    await restored.close()
    const { findings } = await runAudit(empty, { epoch: await epochOf(empty) })
    expect(findings).toEqual([])
    await empty.dispose()
  })
})

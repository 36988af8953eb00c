/** Backups have the record of what staff did, and a restore adds to it. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commandLineAct, commandLineActs } from '../acts/command-line.ts'
import { describeBackups, run } from './backup.fixture.ts'
import { readManifest, writeManifest } from './manifest.ts'

describeBackups('the record of acts in a backup', (setup) => {
  test('A8 a restore is an act, and keeps the acts of the backup and those after it', async () => {
    const { folder, painted } = setup
    const store = await painted.under.open()
    await commandLineActs(store).run({ by: 'p_admin', via: 'session' }, { action: 'canvas.change', target: 'main' }, async () => null)
    expect((await run(painted.under, ['backup', folder])).code).toBe(0)
    await store.saveAct(commandLineAct({ action: 'site.change' }))
    await store.close()

    expect((await run(painted.under, ['restore', folder, '--force'])).code).toBe(0)
    const restored = await painted.under.open()
    expect(await restored.readActs({ before: null, limit: 10 })).toMatchObject([
      { action: 'backup.restore', by: 'command line', via: 'command_line', outcome: 'done', details: { force: true } },
      { action: 'site.change', outcome: null },
      { action: 'canvas.change', by: 'p_admin', target: 'main', outcome: 'done' },
    ])
    await restored.close()
  })

  test('a backup of an older version, which has no acts, is restored', async () => {
    const { folder, painted } = setup
    if (painted.under.env['MONGODB_URI'] === undefined) return
    expect((await run(painted.under, ['backup', folder])).code).toBe(0)
    const { files, counts, ...manifest } = await readManifest(folder)
    const { acts: _, ...older } = counts
    rmSync(join(folder, 'manifest.json'))
    rmSync(join(folder, 'acts.bson.zst'))
    await writeManifest(folder, { ...manifest, counts: older, files: files.filter(({ name }) => name !== 'acts.bson.zst') })
    expect(await run(painted.under, ['restore', folder, '--force'])).toMatchObject({ code: 0 })
    writeFileSync(join(folder, 'acts.bson.zst'), '')
    expect((await run(painted.under, ['restore', folder, '--force'])).err).toContain('acts.bson.zst is not in the manifest.json')
  })
})

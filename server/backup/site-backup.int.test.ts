/** Backups carry the settings of the site. */
import { expect, test } from 'vitest'
import { noBackups } from '../../lib/backups.ts'
import { asCanvasId } from '../../lib/brand.ts'
import { describeBackups, run } from './backup.fixture.ts'

const png = Uint8Array.of(137, 80, 78, 71, 0, 255)

describeBackups('the backup of the state of scheduled backups', (setup) => {
  test('restores it without the run that made the backup, which has ended', async () => {
    const { folder, painted } = setup
    const store = await painted.under.open()
    const run1 = { process: 'a', beats: 3, kind: 'backup', startedAtMs: 1, bytes: 0 } as const
    const state = { ...noBackups, rev: 1, installation: 'abcdefgh', sinceMs: 1 }
    await store.saveBackups({ ...state, run: run1, requestedAtMs: 1 })
    await run(painted.under, ['backup', folder])
    await store.close()
    expect((await run(painted.under, ['restore', folder, '--force'])).code).toBe(0)
    const restored = await painted.under.open()
    expect(await restored.getBackups()).toEqual({ ...state, rev: 2 })
    await restored.close()
  })
})

describeBackups('the backup of a site', (setup) => {
  test('B4 restores its settings and its logo, and drops what was set after the backup', async () => {
    const { folder, painted } = setup
    const store = await painted.under.open()
    const change = { name: 'Winter', privacy: 'Nothing is stored.', accent: '#AA0044', defaultCanvas: asCanvasId('main') }
    const { site } = await store.saveSite({ id: 'one', change, rev: 1, logo: { png, width: 4, height: 2 } })
    expect((await run(painted.under, ['backup', folder])).code).toBe(0)
    await store.saveSite({ id: 'two', change: { name: 'Later' }, rev: 2, logo: null })
    await store.close()

    expect((await run(painted.under, ['restore', folder, '--force'])).code).toBe(0)
    const restored = await painted.under.open()
    expect(await restored.getSite()).toEqual(site)
    expect(await restored.getSiteLogo()).toEqual(png)
    await restored.close()
  })
})

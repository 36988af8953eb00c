/** Backups carry webhooks, and backups from before there were webhooks can be restored. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeBackups, run } from './backup.fixture.ts'

describeBackups('the backup of webhooks', (setup) => {
  test('restores endpoints and deliveries, and an older backup without them', async () => {
    const { folder, painted } = setup
    const store = await painted.under.open()
    const none = { enabled: true, disabledBecause: null, secret: '', formerSecret: null, createdAtMs: 1 }
    const endpoint = { id: 'a', url: 'https://example.com', format: 'discord', types: ['backup.failed'], ...none } as const
    await store.webhooks.createEndpoint(endpoint)
    await store.webhooks.enqueue({ id: 'one', type: 'backup.failed', atMs: 2, data: {} })
    const delivery = await store.webhooks.getDelivery('a_one')
    expect((await run(painted.under, ['backup', folder])).code).toBe(0)
    await store.webhooks.removeEndpoint('a')
    await store.close()

    expect((await run(painted.under, ['restore', folder, '--force'])).code).toBe(0)
    const restored = await painted.under.open()
    expect(await restored.webhooks.listEndpoints()).toEqual([endpoint])
    expect(await restored.webhooks.getDelivery('a_one')).toEqual(delivery)
    await restored.close()
    if (painted.under.kind === 'sqlite') return

    const path = join(folder, 'manifest.json')
    const { counts, files, ...manifest } = JSON.parse(readFileSync(path, 'utf8'))
    const isOlder = (name: string) => !name.toLowerCase().startsWith('webhook')
    const older = {
      ...manifest,
      counts: Object.fromEntries(Object.entries(counts).filter(([name]) => isOlder(name))),
      files: files.filter(({ name }: { name: string }) => isOlder(name)),
    }
    for (const { name } of files) if (!isOlder(name)) rmSync(join(folder, name))
    writeFileSync(path, JSON.stringify(older))
    expect((await run(painted.under, ['restore', folder, '--force'])).code).toBe(0)
    const old = await painted.under.open()
    expect(await old.webhooks.listEndpoints()).toEqual([])
    await old.close()
  })
})

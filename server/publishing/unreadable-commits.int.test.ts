/** A commit whose stored pixels are damaged blocks its own tile only, and is logged. */
import { expect, test } from 'vitest'
import { asCanvasId, asTile } from '../../lib/brand.ts'
import { silentLogger } from '../observability/log.ts'
import { paint, testCanvas } from '../store/store.fixture.ts'
import { describeOnStores } from '../store/test-stores.fixture.ts'
import { EmbeddedStream } from '../stream/embedded/embedded-stream.ts'
import { workerContext } from '../worker-context.fixture.ts'
import { createTestPublisher } from './publisher.fixture.ts'

const main = asCanvasId('main')
const firstOfTile0 = { canvas: 'main', tile: 0, at: 1_000 }

describeOnStores('publishing', (makeStore) => {
  test.each(['before it has a seq', 'after it has a seq'])('an unreadable commit blocks its own tile only, damaged %s', async (when) => {
    const under = makeStore()
    const store = await under.open()
    const stream = new EmbeddedStream()
    const errors: object[] = []
    const publisher = createTestPublisher({
      store,
      stream,
      context: workerContext({ logger: { ...silentLogger, error: (line: object) => void errors.push(line) } }),
      batchSize: 2,
    })
    const damage = () =>
      under.change({
        sql: "UPDATE outbox SET pixels = x'ffff07' WHERE tile = 0 AND at = 1000",
        mongo: (db) => db.collection('outboxes').updateOne(firstOfTile0, { $set: { pixels: Buffer.from([255, 255, 7]) } }),
      })
    try {
      await store.ensureCanvas(testCanvas())
      for (let i = 0; i < 4; i++) {
        const requests = [paint({ gx: i, gy: 0, color: 1 }), paint({ gx: 64 + i, gy: 0, color: 1 })]
        await store.place({ id: `group00${i}`, requests, nowMs: 1_000 + i })
      }
      if (when === 'before it has a seq') await damage()
      while ((await store.sequence({ limit: 10 })).sequenced > 0);
      if (when === 'after it has a seq') await damage()
      for (let round = 0; round < 10; round++) await publisher.step()
      expect(await stream.heads(main)).toEqual(
        new Map([
          [0, 0],
          [1, 4],
        ]),
      )
      expect(await store.listStuck({ limit: 10 })).toMatchObject([{ tile: 0, seq: 1, error: 'Its pixels cannot be decoded.' }])
      expect(errors).toEqual([expect.objectContaining({ event: 'commit_is_unreadable', tile: 0, seq: 1 })])
      const board = await store.readBoard({ canvas: main, tile: asTile(0) })
      expect(board?.colors.slice(0, 4)).toEqual(new Uint8Array([1, 1, 1, 1]))
    } finally {
      await store.close()
      await under.dispose()
    }
  })
})

/** Opens the store and the stream, and makes the first canvas. The stream and then the store are closed last. */
import { asCanvasId } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import { openStore, openStream } from '../adapters.ts'
import type { Config } from '../config.ts'
import { ignoredSettings } from '../ignored-settings.ts'
import { newEpoch } from '../new-epoch.ts'
import { ChargeClock } from '../placement/charge-clock.ts'
import { primeStream } from '../publishing/prime-stream.ts'
import type { Store } from '../store/port.ts'
import { watchStore } from '../store/watched-store.ts'
import type { EventStream } from '../stream/port.ts'
import type { Observability } from './observability-module.ts'
import type { ProcessContext } from './process-context.ts'

export interface Storage {
  readonly store: Store
  readonly stream: EventStream
  readonly chargeClock: ChargeClock
}

const firstCanvas = (config: Config): Canvas => ({
  id: asCanvasId('main'),
  title: 'Main',
  epoch: newEpoch(),
  rev: 1,
  state: 'open',
  ...config.firstCanvas,
})

/** @throws with a sentence for the operator when the store or the stream cannot be opened. */
export const openStorage = async (context: ProcessContext, { writes }: Pick<Observability, 'writes'>): Promise<Storage> => {
  const { config, logger, lifecycle, clock } = context
  const chargeClock = new ChargeClock({ startMs: clock.now(), monotonicNow: clock.monotonicNow })
  const store = watchStore(await openStore({ config, logger, lifecycle, onCharges: chargeClock.observe }), writes.store, clock.monotonicNow)
  lifecycle.onStop('store', () => store.close())
  const stream = await openStream({ config, logger, watch: writes.stream })
  lifecycle.onStop('stream', () => stream.close())
  chargeClock.observe((await store.latestChargeMs()) ?? 0)
  const first = firstCanvas(config)
  // A host may have deleted the first board, and it must not come back.
  if ((await store.listCanvases()).length === 0) await store.ensureCanvas(first)
  const main = await store.getCanvas(first.id)
  for (const setting of main ? ignoredSettings(config, main) : []) {
    logger.warn({ event: 'setting_ignored', ...setting, reason: 'the canvas exists already and keeps its own value' })
  }
  // An embedded stream starts empty. The publisher fills a Redis stream that has lost its data.
  if (stream.kind === 'embedded') for (const canvas of await store.listCanvases()) await primeStream({ store, stream, canvas })
  return { store, stream, chargeClock }
}

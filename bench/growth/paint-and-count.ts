/** Clicks for a time, and their costs: the figures of `showing.ts` and the server's CPU, also for an overloaded server. */
import type { Caller } from '../load/calls.ts'
import type { LoadMethods } from '../programs/load.ts'
import type { Fresco } from '../setup/fresco.ts'
import type { Painted } from './growth-result.ts'

const painters = 64

/** Refusals of the server (503) are counted. @throws if an accepted pixel is not shown to every watcher once. */
export const paintAndCount = async (options: {
  server: Fresco
  load: Caller<LoadMethods>
  perSecond: number
  ms: number
}): Promise<Painted> => {
  const { server, load, perSecond, ms } = options
  const painting = { ports: [server.port], perSecond, ms, painters }
  await load.call('prepare', painting)
  const before = await load.call('startCounting', null)
  const cpuBefore = server.cpuSeconds
  const startMs = performance.now()
  const { answers, refused, loadBusy } = await load.call('paint', { ...painting, mayRefuse: true })
  const seconds = (performance.now() - startMs) / 1_000
  const { due, shown, unexpected, p50Ms, p99Ms } = await load.call('arrivals', null)
  const cpuSeconds = server.cpuSeconds - cpuBefore
  const after = await load.call('received', null)
  if (shown !== due || due !== answers || unexpected !== 0) {
    throw new Error(`${answers} pixels were acknowledged, ${shown} of ${due} shown to all watchers, ${unexpected} shown again`)
  }
  const received = { frames: after.frames - before.frames, bytes: after.bytes - before.bytes }
  return { pixels: answers, seconds, cpuSeconds, p50Ms, p99Ms, ...received, refused, loadBusy }
}

/** For G4, G5, G5m and G7: a thousand watchers, and clicks at fixed times. */
import { setTimeout as wait } from 'node:timers/promises'
import { BenchFailure, type RunOptions, type Sample } from '../framework/bench.ts'
import type { Caller } from '../load/calls.ts'
import type { LoadMethods } from '../programs/load.ts'

export const watchers = 1_000
const painters = 64
/** Above this, the load delays the latencies. */
const maxLoadBusy = 0.9

/** Clicks for a time. A latency is from the due time of a click until the last watcher has decoded it. @throws if one is missing. */
export const paintAndWatch = async (
  load: Caller<LoadMethods>,
  options: { ports: readonly number[]; perSecond: number; ms: number },
): Promise<{ pixels: number; p50Ms: number; p99Ms: number; bytes: number; frames: number; loadBusy: number }> => {
  const before = await load.call('startCounting', null)
  const { answers, loadBusy } = await load.call('paint', { ...options, ports: [...options.ports], painters })
  const { due, shown, unexpected, p50Ms, p99Ms } = await load.call('arrivals', null)
  const after = await load.call('received', null)
  if (loadBusy > maxLoadBusy) {
    throw new BenchFailure(`The load was the bottleneck, not the server: it used ${Math.round(loadBusy * 100)} % of its core.`)
  }
  if (shown !== due || due !== answers || unexpected !== 0) {
    throw new Error(`${answers} pixels were acknowledged, ${shown} of ${due} shown to all watchers, ${unexpected} shown again`)
  }
  return { pixels: due, p50Ms, p99Ms, bytes: after.bytes - before.bytes, frames: after.frames - before.frames, loadBusy }
}

/** Until the work of the joins is over: presence is sent every two seconds. */
export const settle = ({ quick }: Pick<RunOptions, 'quick'>) => wait(quick ? 500 : 2_500)

/** A new server still compiles its code, so it gets some load before the measurement. */
export const warmUp = (load: Caller<LoadMethods>, { port, quick }: { port: number; quick: boolean }) =>
  load.call('paint', { ports: [port], perSecond: 200, ms: quick ? 1_000 : 4_000, painters })

/** Connects a crowd and warms the servers up. `port` accepts the pixels; the watchers connect to the ports of `watched`. */
export const watchAndSettle = async (
  run: Pick<RunOptions, 'quick'>,
  { load, port, watched = [port], count }: { load: Caller<LoadMethods>; port: number; watched?: readonly number[]; count: number },
) => {
  await load.call('watch', { ports: [...watched], count, keepBoards: true })
  await warmUp(load, { port, quick: run.quick })
  await settle(run)
}

/** Latencies at several rates, one after another on the same server. Checks every result. */
export const latenciesAt = async (
  run: RunOptions,
  options: { load: Caller<LoadMethods>; port: number; rates: readonly { perSecond: number; seconds: number }[] },
): Promise<Sample> => {
  const { load, port, rates } = options
  const sample: Record<string, number> = {}
  await watchAndSettle(run, { load, port, count: watchers })
  for (const { perSecond, seconds } of rates) {
    const shown = await paintAndWatch(load, { ports: [port], perSecond, ms: (run.quick ? seconds / 4 : seconds) * 1_000 })
    for (const [name, value] of Object.entries(shown)) sample[`${name} at ${perSecond}`] = value
  }
  await load.call('verify', { port })
  return sample
}

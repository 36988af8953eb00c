import { type Bench, of, type RunOptions, type Sample } from './framework/bench.ts'
import { startGateways } from './setup/gateways.ts'
import { startLoad } from './setup/load.ts'
import { RedisStatistics } from './setup/redis-stream.ts'
import { watchers as thousand, watchAndSettle } from './setup/showing.ts'

const pixelsPerSecond = 1_000

const fanOut = async (run: RunOptions, { count, watchers }: { count: number; watchers: number }): Promise<Sample> => {
  const { scope, quick } = run
  const { commitQueue, gateways, redisUrl } = await startGateways(scope, count)
  const load = startLoad(scope)
  await watchAndSettle(run, { load, port: commitQueue.port, watched: gateways.map(({ port }) => port), count: watchers })

  const redis = new RedisStatistics(scope, redisUrl)
  const received = await load.call('received', null)
  const cpuBefore = gateways.map((gateway) => gateway.cpuSeconds)
  const commandsBefore = await redis.commands()
  const { answers, p99Ms } = await load.call('paint', {
    ports: [commitQueue.port],
    perSecond: pixelsPerSecond,
    ms: quick ? 2_000 : 8_000,
    painters: 64,
  })
  const commands = (await redis.commands()) - commandsBefore - 1
  const busiest = Math.max(...gateways.map((gateway, index) => gateway.cpuSeconds - (cpuBefore[index] ?? 0)))
  const { frames } = await load.call('received', null)
  await load.call('verify', { port: commitQueue.port })
  return { framesPerCpuSecond: (frames - received.frames) / busiest, commandsPerPlacement: commands / answers, busiest, p99Ms }
}

const bounds = { unit: '×', better: 'more', pass: 1.7, best: 1.9 } as const

export const g12: Bench = {
  id: 'g12',
  title: 'Fan-out of two gateways over Redis ÷ one; Redis commands per placement',
  method: `Frames per second of CPU of the busiest gateway, at ${pixelsPerSecond} px/s.`,
  needs: ['mongo', 'redis'],
  figures: [
    { id: 'ratio', what: 'fan-out of two gateways ÷ one, a thousand watchers each', ...bounds },
    { id: 'shared', what: 'fan-out of two gateways ÷ one, a thousand watchers in all', ...bounds },
    { id: 'commands', what: 'Redis commands per placement, two gateways', unit: '', better: 'less', pass: 0.2, best: 0.05 },
  ],
  sides: [
    { name: 'one', run: (run) => fanOut(run, { count: 1, watchers: thousand }) },
    { name: 'two', run: (run) => fanOut(run, { count: 2, watchers: 2 * thousand }) },
    { name: 'sharing', run: (run) => fanOut(run, { count: 2, watchers: thousand }) },
  ],
  derive: (samples) => ({
    ratio: of(samples, 'two', 'framesPerCpuSecond') / of(samples, 'one', 'framesPerCpuSecond'),
    shared: of(samples, 'sharing', 'framesPerCpuSecond') / of(samples, 'one', 'framesPerCpuSecond'),
    commands: of(samples, 'two', 'commandsPerPlacement'),
  }),
}

import { type Bench, of, type RunOptions, type Sample } from './framework/bench.ts'
import { startGateways } from './setup/gateways.ts'
import { startLoad } from './setup/load.ts'
import { RedisWitness } from './setup/redis-stream.ts'
import { settle, watchers } from './setup/showing.ts'

const pixelsPerSecond = 1_000

const fanOut = async (run: RunOptions, count: number): Promise<Sample> => {
  const { scope, quick } = run
  const { placer, gateways, redisUrl } = await startGateways(scope, count)
  const load = startLoad(scope)
  await load.call('watch', { ports: gateways.map(({ port }) => port), count: watchers, keepBoards: true })
  await settle(run)

  const redis = new RedisWitness(scope, redisUrl)
  const received = await load.call('received', null)
  const cpuBefore = gateways.map((gateway) => gateway.cpuSeconds)
  const commandsBefore = await redis.commands()
  const { answers } = await load.call('paint', {
    ports: [placer.port],
    perSecond: pixelsPerSecond,
    ms: quick ? 2_000 : 8_000,
    painters: 64,
  })
  const commands = (await redis.commands()) - commandsBefore - 1
  const busiest = Math.max(...gateways.map((gateway, index) => gateway.cpuSeconds - (cpuBefore[index] ?? 0)))
  const { frames } = await load.call('received', null)
  await load.call('verify', { port: placer.port })
  return { framesPerCpuSecond: (frames - received.frames) / busiest, commandsPerPlacement: commands / answers, busiest }
}

export const g12: Bench = {
  id: 'g12',
  title: 'Fan-out of two gateways over Redis ÷ one; Redis commands per placement',
  method: `${watchers} watchers at ${pixelsPerSecond} px/s. Fan-out is frames delivered per second of CPU of the busiest gateway: two cores cannot run two gateways and the load at their full speeds at once. Placements go to another process. Commands inside of Lua scripts count, too.`,
  needs: ['mongo', 'redis'],
  figures: [
    { id: 'ratio', what: 'two gateways ÷ one', unit: '×', better: 'more', pass: 1.7, best: 1.9 },
    { id: 'commands', what: 'Redis commands per placement, two gateways', unit: '', better: 'less', pass: 0.2, best: 0.05 },
  ],
  sides: [
    { name: 'one', run: (run) => fanOut(run, 1) },
    { name: 'two', run: (run) => fanOut(run, 2) },
  ],
  derive: (samples) => ({
    ratio: of(samples, 'two', 'framesPerCpuSecond') / of(samples, 'one', 'framesPerCpuSecond'),
    commands: of(samples, 'two', 'commandsPerPlacement'),
  }),
}

import { join } from 'node:path'
import { type Bench, of, type RunOptions, type Sample } from './framework/bench.ts'
import { connectionsTo } from './setup/connections.ts'
import { Fresco } from './setup/fresco.ts'
import { startLoad } from './setup/load.ts'
import { makeFolder, runProgram } from './setup/program.ts'
import { startServices } from './setup/services.ts'
import { watchAndSettle } from './setup/showing.ts'

const pixelsPerSecond = 100
const watchers = 100

const atEase = async (run: RunOptions, env: Readonly<Record<string, string>>): Promise<{ server: Fresco; sample: Sample }> => {
  const { scope, quick } = run
  const server = await Fresco.start({ scope, env })
  const load = startLoad(scope)
  await watchAndSettle(run, { load, port: server.port, count: watchers })
  const cpuBefore = server.cpuSeconds
  const startMs = performance.now()
  await load.call('paint', { ports: [server.port], perSecond: pixelsPerSecond, ms: quick ? 4_000 : 8_000, painters: 64 })
  const seconds = (performance.now() - startMs) / 1_000
  const cpuPercent = ((server.cpuSeconds - cpuBefore) * 100) / seconds
  const residentMB = server.residentBytes / 2 ** 20
  await load.call('verify', { port: server.port })
  return { server, sample: { cpuPercent, residentMB } }
}

const commitsOf = ({ quick }: Pick<RunOptions, 'quick'>) => String(quick ? 4_000 : 8_000)

export const g16: Bench = {
  id: 'g16',
  title: 'One process at 100 px/s and 100 watchers; commits through one publisher; connections',
  method: `At ${pixelsPerSecond} px/s with ${watchers} watchers. The publisher has a full outbox.`,
  needs: ['mongo', 'redis'],
  figures: [
    { id: 'cpu', what: 'CPU, embedded', unit: '%', better: 'less', pass: 10, best: 4 },
    { id: 'cpuServices', what: 'CPU, MongoDB and Redis', unit: '%', better: 'less', pass: 10, best: 4 },
    { id: 'memory', what: 'resident memory, embedded', unit: 'MB', better: 'less', pass: 200, best: 120 },
    { id: 'memoryServices', what: 'resident memory, MongoDB and Redis', unit: 'MB', better: 'less', pass: 200, best: 120 },
    { id: 'commits', what: 'commits through one publisher, embedded', unit: '/s', better: 'more', pass: 500, best: 10_000 },
    {
      id: 'commitsServices',
      what: 'commits through one publisher, MongoDB and Redis',
      unit: '/s',
      better: 'more',
      pass: 500,
      best: 10_000,
    },
    { id: 'redis', what: 'connections to Redis', unit: '', better: 'less', pass: 3, best: 3 },
    { id: 'mongo', what: 'connections to MongoDB', unit: '', better: 'less', pass: null, best: 10 },
  ],
  sides: [
    { name: 'embedded', run: async (run) => (await atEase(run, {})).sample },
    {
      name: 'services',
      async run(run) {
        const env = await startServices(run.scope)
        const { server, sample } = await atEase(run, env)
        const { pid } = server.child
        return { ...sample, redis: connectionsTo(pid, env.REDIS_URL), mongo: connectionsTo(pid, env.MONGODB_URI) }
      },
    },
    {
      name: 'publisher, embedded',
      run: (run) => {
        const file = join(makeFolder(run.scope), 'fresco.db')
        return runProgram({ scope: run.scope, program: 'programs/publish-backlog.ts', args: [commitsOf(run), file] })
      },
    },
    {
      name: 'publisher, services',
      async run(run) {
        const { MONGODB_URI, REDIS_URL } = await startServices(run.scope)
        return runProgram({ scope: run.scope, program: 'programs/publish-backlog.ts', args: [commitsOf(run), MONGODB_URI, REDIS_URL] })
      },
    },
  ],
  derive: (samples) => ({
    cpu: of(samples, 'embedded', 'cpuPercent'),
    cpuServices: of(samples, 'services', 'cpuPercent'),
    memory: of(samples, 'embedded', 'residentMB'),
    memoryServices: of(samples, 'services', 'residentMB'),
    commits: of(samples, 'publisher, embedded', 'perSecond'),
    commitsServices: of(samples, 'publisher, services', 'perSecond'),
    redis: of(samples, 'services', 'redis'),
    mongo: of(samples, 'services', 'mongo'),
  }),
}

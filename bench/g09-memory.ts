import { freePort } from '../server/testing/free-port.ts'
import { type Bench, of, type RunOptions, type Sample } from './framework/bench.ts'
import type { Child } from './setup/child.ts'
import { collectedBytes, collectsGarbage } from './setup/collected-memory.ts'
import { Fresco } from './setup/fresco.ts'
import { startLoad } from './setup/load.ts'
import { startProgram } from './setup/program.ts'

const first = 200
const clientsOf = ({ quick }: Pick<RunOptions, 'quick'>) => (quick ? 2_000 : 5_000)

const memoryPerClient = async (run: RunOptions, { child, port }: { child: Child; port: number }): Promise<Sample> => {
  const load = startLoad(run.scope)
  await load.call('watch', { ports: [port], count: first, keepBoards: false })
  await load.call('rest', { ms: run.quick ? 500 : 3_000 })
  const before = await collectedBytes(child)
  const more = clientsOf(run) - first
  await load.call('watch', { ports: [port], count: more, keepBoards: false })
  await load.call('rest', { ms: run.quick ? 1_000 : 5_000 })
  const after = await collectedBytes(child)
  const { connected } = await load.call('disorder', null)
  if (connected !== first + more) throw new Error(`${connected} of ${first + more} clients are still connected`)
  return { kilobytes: (after - before) / more / 1_024, residentMB: after / 2 ** 20 }
}

export const g09: Bench = {
  id: 'g9',
  title: 'Memory per idle client ÷ bare Socket.IO',
  method: 'Resident memory with 5,000 clients less that with 200, after garbage collection.',
  figures: [{ id: 'ratio', what: 'memory per idle client ÷ bare Socket.IO', unit: '×', better: 'less', pass: 1.25, best: 1.05 }],
  sides: [
    {
      name: 'app',
      async run(run) {
        return memoryPerClient(run, await Fresco.start({ scope: run.scope, nodeArgs: collectsGarbage }))
      },
    },
    {
      name: 'socket.io',
      async run(run) {
        const port = await freePort()
        const env = { PORT: String(port), NODE_ENV: 'production' }
        const child = await startProgram({ scope: run.scope, program: 'baselines/bare-socket-io.ts', env, nodeArgs: collectsGarbage })
        return memoryPerClient(run, { child, port })
      },
    },
  ],
  derive: (samples) => ({ ratio: of(samples, 'app', 'kilobytes') / of(samples, 'socket.io', 'kilobytes') }),
}

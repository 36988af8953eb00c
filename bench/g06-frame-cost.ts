import { freePort } from '../server/testing/free-port.ts'
import { type Bench, of, type RunOptions, type Sample } from './framework/bench.ts'
import { startGateways } from './setup/gateways.ts'
import { startLoad } from './setup/load.ts'
import { cpuSecondsOf } from './setup/process-usage.ts'
import { startProgram } from './setup/program.ts'
import { settle, watchers } from './setup/showing.ts'

/** Enough for a frame in nearly every flush interval, and few enough that reading the stream costs little. */
const pixelsPerSecond = 30
/** The pixels in a flush interval of 1,000 sockets. */
const baseline = { framesPerSecond: 15, pixelsPerFrame: 2 }

const msOf = ({ quick }: Pick<RunOptions, 'quick'>) => (quick ? 2_000 : 6_000)

export const g06: Bench = {
  id: 'g6',
  title: 'CPU of a gateway per delivered frame ÷ a ws server that sends ready frames',
  method: `CPU with ${watchers} watchers less CPU with one, at ${pixelsPerSecond} px/s. The ws server sends ready frames.`,
  needs: ['mongo', 'redis'],
  figures: [{ id: 'ratio', what: 'CPU per delivered frame ÷ ws', unit: '×', better: 'less', pass: 1.6, best: 1.15 }],
  sides: [
    {
      name: 'app',
      async run(run): Promise<Sample> {
        const { commitQueue, gateways } = await startGateways(run.scope, 1)
        const [gateway = commitQueue] = gateways
        const load = startLoad(run.scope)
        const measure = async () => {
          const before = await load.call('received', null)
          const cpuBefore = gateway.cpuSeconds
          await load.call('paint', { ports: [commitQueue.port], perSecond: pixelsPerSecond, ms: msOf(run), painters: 64 })
          const cpu = gateway.cpuSeconds - cpuBefore
          const after = await load.call('received', null)
          return { cpu, frames: after.frames - before.frames, bytes: after.bytes - before.bytes }
        }
        // Each is measured twice; the first time warms up the server.
        await load.call('watch', { ports: [gateway.port], count: 1, keepBoards: true })
        await measure()
        const one = await measure()
        await load.call('watch', { ports: [gateway.port], count: watchers - 1, keepBoards: true })
        await settle(run)
        await measure()
        const all = await measure()
        await load.call('verify', { port: commitQueue.port })
        const frames = all.frames - one.frames
        return { microseconds: ((all.cpu - one.cpu) * 1e6) / frames, frames, bytesPerFrame: all.bytes / all.frames, cpuOfOne: one.cpu }
      },
    },
    {
      name: 'ws',
      async run(run): Promise<Sample> {
        const { scope } = run
        const port = await freePort()
        const env = {
          PORT: String(port),
          FRAMES_PER_SECOND: String(baseline.framesPerSecond),
          PIXELS_PER_FRAME: String(baseline.pixelsPerFrame),
        }
        const server = await startProgram({ scope, program: 'baselines/ws-broadcast.ts', env })
        const load = startLoad(scope)
        await load.call('watch', { ports: [port], count: watchers, keepBoards: true })
        await settle(run)
        const before = await load.call('received', null)
        const cpuBefore = cpuSecondsOf(server.pid)
        await load.call('rest', { ms: msOf(run) })
        const cpu = cpuSecondsOf(server.pid) - cpuBefore
        const after = await load.call('received', null)
        const { gaps, connected } = await load.call('disorder', null)
        if (gaps > 0 || connected < watchers) throw new Error(`${gaps} gaps; ${connected} of ${watchers} watchers are still connected`)
        const frames = after.frames - before.frames
        return { microseconds: (cpu * 1e6) / frames, frames, bytesPerFrame: (after.bytes - before.bytes) / frames }
      },
    },
  ],
  derive: (samples) => ({ ratio: of(samples, 'app', 'microseconds') / of(samples, 'ws', 'microseconds') }),
}

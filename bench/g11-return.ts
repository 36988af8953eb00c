import { type Bench, of, type Sample } from './framework/bench.ts'
import { Fresco } from './setup/fresco.ts'
import { startLoad } from './setup/load.ts'
import { paintedBoard } from './setup/painted.ts'
import { settle, watchers } from './setup/showing.ts'

const pixelsPerSecond = 200
const awayMs = 2_000

export const g11: Bench = {
  id: 'g11',
  title: '1,000 clients return after all connections are cut',
  method: `All connections are cut. ${watchers} clients return after ${awayMs / 1_000} s, at ${pixelsPerSecond} px/s. The bytes include the handshakes.`,
  figures: [
    { id: 'seconds', what: 'all in sync after', unit: 's', better: 'less', pass: 5, best: 2 },
    { id: 'bytes', what: 'bytes ÷ full reloads', unit: '×', better: 'less', pass: 0.2, best: 0.02 },
  ],
  sides: [
    {
      name: 'app',
      async run(run): Promise<Sample> {
        const { scope, quick } = run
        const { dataDir, env } = await paintedBoard()
        const { port } = await Fresco.start({ scope, dataDir, env })
        const load = startLoad(scope)
        await load.call('watch', { ports: [port], count: watchers, keepBoards: true })
        await settle(run)
        const painting = load.call('paint', { ports: [port], perSecond: pixelsPerSecond, ms: quick ? 4_000 : 8_000, painters: 64 })
        painting.catch(() => undefined)
        await load.call('rest', { ms: 1_000 })
        const { ms, bytes, modes } = await load.call('cutAndReturn', { awayMs })
        await painting
        const reload = await load.call('wholeBoard', { port })
        await load.call('verify', { port })
        return { seconds: ms / 1_000, bytes: bytes / watchers, reload, live: modes.live, replayed: modes.replay, reloaded: modes.reload }
      },
    },
  ],
  derive: (samples) => ({ seconds: of(samples, 'app', 'seconds'), bytes: of(samples, 'app', 'bytes') / of(samples, 'app', 'reload') }),
}

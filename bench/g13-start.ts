import { setTimeout as wait } from 'node:timers/promises'
import { type Bench, of, type Sample } from './framework/bench.ts'
import { median } from './framework/statistics.ts'
import { tryBoard } from './setup/fetch-board.ts'
import { Fresco } from './setup/fresco.ts'
import { paintedBoard } from './setup/painted.ts'

const everyMs = 3
const deadlineMs = 30_000

export const g13: Bench = {
  id: 'g13',
  title: 'From the start of the process to the first board',
  method: '1000 × 1000 pixels, one core, the file in the page cache.',
  figures: [{ id: 'seconds', what: 'first board after', unit: 's', better: 'less', pass: 1.5, best: 0.7 }],
  sides: [
    {
      name: 'app',
      async run({ scope, quick }): Promise<Sample> {
        const { dataDir, env, board } = await paintedBoard()
        const seconds: number[] = []
        for (let start = 0; start < (quick ? 2 : 5); start++) {
          const server = await Fresco.spawn({ scope, dataDir, env })
          const { startedMs } = server
          let served: Buffer | null = null
          while (!served) {
            if (server.child.hasEnded || performance.now() - startedMs > deadlineMs) throw server.child.failure('served no board')
            await wait(everyMs)
            served = await tryBoard(server.port)
          }
          seconds.push((performance.now() - startedMs) / 1_000)
          if (!served.equals(board.colors)) throw new Error('the first board is not the painted one')
          await server.child.end('SIGTERM')
        }
        return { seconds: median(seconds), slowest: Math.max(...seconds) }
      },
    },
  ],
  derive: (samples) => ({ seconds: of(samples, 'app', 'seconds') }),
}

import { setTimeout as wait } from 'node:timers/promises'
import { type Bench, of, type Sample } from './framework/bench.ts'
import { boardBytesOnWire } from './setup/fetch-board.ts'
import { Fresco } from './setup/fresco.ts'
import { paintedBoard } from './setup/painted.ts'

/** Four bits for each of 1000 × 1000 pixels. */
const packedBytes = 500_000
const restMs = 20_000

export const g08: Bench = {
  id: 'g8',
  title: 'Bytes of the final board of r/place 2017 ÷ 4 bits a pixel',
  method: 'The final board of r/place 2017. "Under change" is the first answer; "at rest" is the smallest within twenty seconds.',
  figures: [
    { id: 'changing', what: 'board ÷ 4 bits a pixel, under change', unit: '×', better: 'less', pass: 0.45, best: 0.35 },
    { id: 'rested', what: 'board ÷ 4 bits a pixel, at rest', unit: '×', better: 'less', pass: 0.45, best: 0.35 },
  ],
  sides: [
    {
      name: 'app',
      async run({ scope }): Promise<Sample> {
        const { dataDir, env, board } = await paintedBoard()
        const { port } = await Fresco.start({ scope, dataDir, env })
        const changing = await boardBytesOnWire(port, board.colors)
        let rested = changing
        for (const deadline = Date.now() + restMs; rested >= changing && Date.now() < deadline; ) {
          await wait(500)
          rested = Math.min(rested, await boardBytesOnWire(port, board.colors))
        }
        return { changing, rested }
      },
    },
  ],
  derive: (samples) => ({ changing: of(samples, 'app', 'changing') / packedBytes, rested: of(samples, 'app', 'rested') / packedBytes }),
}

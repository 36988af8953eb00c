import { type Bench, of } from './framework/bench.ts'
import { bothCores } from './setup/cores.ts'
import { Fresco } from './setup/fresco.ts'
import { startLoad } from './setup/load.ts'
import { startServices } from './setup/services.ts'
import { latenciesAt } from './setup/showing.ts'

export const g05m: Bench = {
  id: 'g5m',
  title: 'G4 and G5 on MongoDB and Redis',
  method: 'As G4. MongoDB does not sync commits to the disk.',
  needs: ['mongo', 'redis'],
  figures: [
    { id: 'p99At200', what: 'p99 at 200 px/s', unit: 'ms', better: 'less', pass: 150, best: 80 },
    { id: 'p99At1000', what: 'p99 at 1,000 px/s', unit: 'ms', better: 'less', pass: 250, best: 150 },
  ],
  sides: [
    {
      name: 'app',
      async run(run) {
        const env = await startServices(run.scope)
        const { port } = await Fresco.start({ scope: run.scope, core: bothCores, env })
        const rates = [
          { perSecond: 200, seconds: 8 },
          { perSecond: 1_000, seconds: 8 },
        ]
        return latenciesAt(run, { load: startLoad(run.scope, bothCores), port, rates })
      },
    },
  ],
  derive: (samples) => ({ p99At200: of(samples, 'app', 'p99Ms at 200'), p99At1000: of(samples, 'app', 'p99Ms at 1000') }),
}

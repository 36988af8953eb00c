import { type Bench, of } from './framework/bench.ts'
import { Fresco } from './setup/fresco.ts'
import { startLoad } from './setup/load.ts'
import { latenciesAt } from './setup/showing.ts'

export const g05: Bench = {
  id: 'g5',
  title: 'G4 at 1,000 px/s',
  method: '',
  figures: [{ id: 'p99', what: 'p99 at 1,000 px/s', unit: 'ms', better: 'less', pass: 150, best: 90 }],
  sides: [
    {
      name: 'app',
      async run(run) {
        const { port } = await Fresco.start({ scope: run.scope })
        return latenciesAt(run, { load: startLoad(run.scope), port, rates: [{ perSecond: 1_000, seconds: 10 }] })
      },
    },
  ],
  derive: (samples) => ({ p99: of(samples, 'app', 'p99Ms at 1000') }),
}

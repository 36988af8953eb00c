import { type Bench, of } from './framework/bench.ts'
import { Fresco } from './setup/fresco.ts'
import { startLoad } from './setup/load.ts'
import { latenciesAt, watchers } from './setup/showing.ts'

export const g04: Bench = {
  id: 'g4',
  title: 'From the click to the last of 1,000 watchers',
  method: `From when a click was due until all ${watchers} watchers have decoded its pixel.`,
  figures: [
    { id: 'p99At200', what: 'p99 at 200 px/s', unit: 'ms', better: 'less', pass: 100, best: 60 },
    { id: 'p50At5', what: 'p50 at 5 px/s', unit: 'ms', better: 'less', pass: 20, best: 10 },
  ],
  sides: [
    {
      name: 'app',
      async run(run) {
        const { port } = await Fresco.start({ scope: run.scope })
        const rates = [
          { perSecond: 5, seconds: 12 },
          { perSecond: 200, seconds: 10 },
        ]
        return latenciesAt(run, { load: startLoad(run.scope), port, rates })
      },
    },
  ],
  derive: (samples) => ({ p99At200: of(samples, 'app', 'p99Ms at 200'), p50At5: of(samples, 'app', 'p50Ms at 5') }),
}

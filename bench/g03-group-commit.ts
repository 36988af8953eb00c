import { type Bench, of } from './framework/bench.ts'
import { postToFresco } from './setup/posting.ts'

const inFlight = 128

export const g03: Bench = {
  id: 'g3',
  title: 'Placements per second with group commit ÷ one commit per request',
  method: '',
  figures: [
    { id: 'ratio', what: 'grouped ÷ one commit per request', unit: '×', better: 'more', pass: 4, best: 8 },
    { id: 'p99', what: 'p99 of the POST', unit: 'ms', better: 'less', pass: 50, best: 25 },
  ],
  sides: [
    { name: 'grouped', run: (run) => postToFresco({ run, inFlight }) },
    { name: 'one by one', run: (run) => postToFresco({ run, inFlight, server: { program: 'bench/baselines/ungrouped.ts' } }) },
  ],
  derive: (samples) => ({
    ratio: of(samples, 'grouped', 'perSecond') / of(samples, 'one by one', 'perSecond'),
    p99: of(samples, 'grouped', 'p99Ms'),
  }),
}

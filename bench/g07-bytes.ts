import { type Bench, BenchFailure, of } from './framework/bench.ts'
import { Fresco } from './setup/fresco.ts'
import { startLoad } from './setup/load.ts'
import { latenciesAt, watchers } from './setup/showing.ts'

/** `{"x":999,"y":999,"c":31}` inside an event: the smallest JSON that names x, y and color. */
const smallestJsonBytes = 41
const pixelsPerSecond = 1_000
/** A slow server sends fewer and larger frames with fewer bytes per pixel. That must not count as better. */
const maxP99Ms = 250

export const g07: Bench = {
  id: 'g7',
  title: 'Bytes per pixel to each of 1,000 watchers ÷ the smallest JSON event',
  method: `All bytes to ${watchers} watchers. The smallest JSON event has ${smallestJsonBytes}. The p99 is at most ${maxP99Ms} ms.`,
  figures: [{ id: 'ratio', what: 'bytes per pixel ÷ 41', unit: '×', better: 'less', pass: 0.12, best: 0.1 }],
  sides: [
    {
      name: 'app',
      async run(run) {
        const { port } = await Fresco.start({ scope: run.scope })
        const rates = [{ perSecond: pixelsPerSecond, seconds: 10 }]
        const sample = await latenciesAt(run, { load: startLoad(run.scope), port, rates })
        const p99Ms = sample[`p99Ms at ${pixelsPerSecond}`] ?? Number.POSITIVE_INFINITY
        if (p99Ms > maxP99Ms)
          throw new BenchFailure(`The server did not keep up (p99 ${Math.round(p99Ms)} ms): its frames are larger than they should be.`)
        return sample
      },
    },
  ],
  derive: (samples) => {
    const bytes = of(samples, 'app', `bytes at ${pixelsPerSecond}`) / watchers
    return { ratio: bytes / of(samples, 'app', `pixels at ${pixelsPerSecond}`) / smallestJsonBytes }
  },
}

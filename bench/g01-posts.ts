import { freePort } from '../server/testing/free-port.ts'
import { type Bench, BenchFailure, of } from './framework/bench.ts'
import { startLoad } from './setup/load.ts'
import { postToFresco, timesOf } from './setup/posting.ts'
import { startProgram } from './setup/program.ts'

const inFlight = 128
/** Below this the load had spare time, so the server was the bottleneck. */
const maxLoadBusy = 0.97

export const g01: Bench = {
  id: 'g1',
  title: 'Durable POSTs per second ÷ POSTs of a bare node:http echo server',
  method: `${inFlight} connections to a bare node:http server or to Fresco on one core. Every 201 is in the log afterwards.`,
  figures: [{ id: 'ratio', what: 'durable POSTs ÷ echo POSTs', unit: '×', better: 'more', pass: 0.25, best: 0.45 }],
  sides: [
    { name: 'app', run: (run) => postToFresco({ run, inFlight }) },
    {
      name: 'echo',
      async run({ scope, quick }) {
        const port = await freePort()
        await startProgram({ scope, program: 'baselines/echo.ts', env: { PORT: String(port) } })
        const rate = await startLoad(scope).call('saturateEcho', { port, inFlight, ...timesOf({ quick }) })
        if (rate.loadBusy > maxLoadBusy) {
          throw new BenchFailure(`The load was the bottleneck, not the echo: it used ${Math.round(rate.loadBusy * 100)} % of its core.`)
        }
        return { ...rate }
      },
    },
  ],
  derive: (samples) => ({ ratio: of(samples, 'app', 'perSecond') / of(samples, 'echo', 'perSecond') }),
}

/** How a server grows with pixels a second. The last rate may exceed its capacity, so the accepted rate is shown beside the offered one. */
import type { RunOptions } from '../framework/bench.ts'
import { Fresco } from '../setup/fresco.ts'
import { startLoad } from '../setup/load.ts'
import { watchAndSettle } from '../setup/showing.ts'
import type { Growth } from './growth-result.ts'
import { paintAndCount } from './paint-and-count.ts'

const watchers = 100
/** Low rates run longer, for a few clicks at least. */
const rates = [
  { perSecond: 1, seconds: 20 },
  { perSecond: 10, seconds: 12 },
  { perSecond: 100, seconds: 10 },
  { perSecond: 1_000, seconds: 10 },
  { perSecond: 5_000, seconds: 8 },
]

export const growByRate = async (run: RunOptions): Promise<Pick<Growth, 'idle' | 'rates'>> => {
  const { scope, quick } = run
  const server = await Fresco.start({ scope })
  const load = startLoad(scope)
  await watchAndSettle(run, { load, port: server.port, count: watchers })

  const cpuBefore = server.cpuSeconds
  const startMs = performance.now()
  await load.call('rest', { ms: quick ? 1_000 : 10_000 })
  const idle = { cpuSeconds: server.cpuSeconds - cpuBefore, seconds: (performance.now() - startMs) / 1_000 }

  const points: Growth['rates'] = []
  for (const { perSecond, seconds } of rates) {
    const ms = quick ? Math.max(1_000, seconds * 150) : seconds * 1_000
    points.push({ watchers, offered: perSecond, ...(await paintAndCount({ server, load, perSecond, ms })) })
  }
  await load.call('verify', { port: server.port })
  return { idle, rates: points }
}

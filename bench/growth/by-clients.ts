/** How a server grows with its watchers, at the same pixels a second. */
import { readFileSync } from 'node:fs'
import { BenchFailure, type RunOptions } from '../framework/bench.ts'
import { collectedBytes, collectsGarbage } from '../setup/collected-memory.ts'
import { Fresco } from '../setup/fresco.ts'
import { startLoad } from '../setup/load.ts'
import { settle, warmUp } from '../setup/showing.ts'
import type { Growth } from './growth-result.ts'
import { paintAndCount } from './paint-and-count.ts'

const perSecond = 20
/** Above this number, watchers follow the seqs without boards, because boards would exhaust the load's memory. */
const maxBoards = 1_000
/** Files that server and load open besides sockets. */
const otherFiles = 500

/** Node raises the soft limit to the hard one automatically. */
const checkFileLimit = (sockets: number) => {
  const hard = /^Max open files\s+\d+\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
  if (hard === 'unlimited' || Number(hard) >= sockets + otherFiles) return
  throw new BenchFailure(`A process may open ${hard} files, and ${sockets + otherFiles} are needed: raise the limit (ulimit -Hn).`)
}

export const growByClients = async (run: RunOptions): Promise<Growth['clients']> => {
  const { scope, quick } = run
  const counts = quick ? [10, 100, 500] : [10, 100, 1_000, 5_000]
  checkFileLimit(Math.max(...counts))
  const server = await Fresco.start({ scope, nodeArgs: collectsGarbage })
  const load = startLoad(scope)
  const points: Growth['clients'] = []
  let watching = 0
  for (const clients of counts) {
    await load.call('watch', { ports: [server.port], count: clients - watching, keepBoards: clients <= maxBoards })
    if (watching === 0) await warmUp(load, { port: server.port, quick })
    watching = clients
    await settle(run)
    const residentBytes = await collectedBytes(server.child)
    points.push({
      clients,
      offered: perSecond,
      residentBytes,
      ...(await paintAndCount({ server, load, perSecond, ms: quick ? 1_500 : 10_000 })),
    })
    await load.call('verify', { port: server.port })
    const { connected } = await load.call('disorder', null)
    if (connected !== clients) throw new Error(`${connected} of ${clients} clients are still connected`)
  }
  return points
}

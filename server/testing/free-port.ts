/**
 * A free port for a server of a test. It is below the ports of outgoing connections (from 32768 on Linux, 49152 elsewhere). So a killed server can
 * use it again.
 */
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

const lowest = 10_240
const end = 32_768
const maxTries = 100
/** Ports of this process are not tried again, because a server may start to listen much later. */
const tried = new Set<number>()

export const freePort = async (): Promise<number> => {
  for (let tries = 0; tries < maxTries; tries++) {
    const port = randomInt(lowest, end)
    if (tried.has(port)) continue
    tried.add(port)
    const server = createServer()
    try {
      server.listen(port)
      await once(server, 'listening')
    } catch {
      continue
    }
    server.close()
    await once(server, 'close')
    return port
  }
  throw new Error('No free port was found.')
}

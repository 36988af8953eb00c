/**
 * A port that nobody listens on right now, for the servers that tests start. It is below those that systems give to outgoing connections (32768 on
 * Linux, 49152 elsewhere): a server that is killed finds it free when it comes back.
 */
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

const lowest = 10_240
const end = 32_768
const maxTries = 100
/** By this process: a server that was given one may begin to listen much later, and somebody else may ask meanwhile. */
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
  throw new Error('no port')
}

/** Resident memory after a garbage collection, for processes that were started with `collectsGarbage`. */
import { once } from 'node:events'
import type { Child } from './child.ts'
import { residentBytesOf } from './process-usage.ts'

/** Node's arguments for a process that collects its garbage on request. */
export const collectsGarbage = ['--expose-gc', '--import', new URL('../../server/testing/collect-garbage.ts', import.meta.url).href]

export const collectedBytes = async (child: Child): Promise<number> => {
  const collected = once(child.process, 'message')
  child.process.kill('SIGUSR2')
  await child.while(collected)
  return residentBytesOf(child.pid)
}

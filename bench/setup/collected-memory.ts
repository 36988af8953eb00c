/** Resident memory after garbage collection, so that what is left is what is held. For processes that were started with `collectsGarbage`. */
import { once } from 'node:events'
import type { Child } from './child.ts'
import { residentBytesOf } from './process-usage.ts'

/** Node's arguments for a process that collects its garbage when it is asked to. */
export const collectsGarbage = ['--expose-gc', '--import', new URL('../programs/collect-garbage.ts', import.meta.url).href]

export const collectedBytes = async (child: Child): Promise<number> => {
  const collected = once(child.process, 'message')
  child.process.kill('SIGUSR2')
  await child.while(collected)
  return residentBytesOf(child.pid)
}

/** Which core is whose. Load that shared the server's core would measure the two of them together. */
import { spawnSync } from 'node:child_process'

export const serverCore = 0
export const loadCore = 1
export const bothCores = '0,1'
export type Core = typeof serverCore | typeof loadCore | typeof bothCores

/** What this process starts from now on runs there, too. */
const stayOn = (core: Core) => {
  spawnSync('taskset', ['-cp', String(core), String(process.pid)])
}

/** This process prepares and verifies, and starts the browser: the server's core is the server's. */
export const stayOnLoadCore = () => stayOn(loadCore)

/** For services, which belong to neither side. */
export const startOnBothCores = async <Started>(start: () => Promise<Started>): Promise<Started> => {
  stayOn(bothCores)
  try {
    return await start()
  } finally {
    stayOn(loadCore)
  }
}

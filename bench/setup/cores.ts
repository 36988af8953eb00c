/** Assigns processes to cores. A load on the server's core would be measured with the server. */
import { spawnSync } from 'node:child_process'

export const serverCore = 0
export const loadCore = 1
export const bothCores = '0,1'
export type Core = typeof serverCore | typeof loadCore | typeof bothCores

/** The processes that this process starts from now on run there, too. */
const stayOn = (core: Core) => {
  spawnSync('taskset', ['-cp', String(core), String(process.pid)])
}

/** This process prepares, verifies and starts the browser, so it leaves the server's core to the server. */
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

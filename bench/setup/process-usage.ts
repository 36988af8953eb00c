/** CPU and memory of a process with all its threads, from /proc. */
import { readdirSync, readFileSync } from 'node:fs'

/** CPU time in seconds, to the nanosecond. Threads that ended in between are not counted; a server's threads do not end before it does. */
export const cpuSecondsOf = (pid: number): number => {
  let nanoseconds = 0
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    nanoseconds += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0])
  }
  return nanoseconds / 1e9
}

export const residentBytesOf = (pid: number): number => {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  if (kilobytes === undefined) throw new Error(`/proc/${pid}/status has no VmRSS`)
  return Number(kilobytes) * 1_024
}

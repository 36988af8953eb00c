/** How many connections a process has to a port of this machine, from the kernel's tables. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

const established = '01'

/** Inodes of the sockets that are connected to this port. */
const socketsTo = (pid: number, port: number): Set<string> => {
  const inodes = new Set<string>()
  for (const table of ['tcp', 'tcp6']) {
    for (const line of readFileSync(`/proc/${pid}/net/${table}`, 'utf8').split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/)
      const remotePort = Number.parseInt(fields[2]?.split(':')[1] ?? '', 16)
      if (remotePort === port && fields[3] === established && fields[9]) inodes.add(fields[9])
    }
  }
  return inodes
}

export const connectionsTo = (pid: number, address: string): number => {
  const inodes = socketsTo(pid, Number(new URL(address).port))
  let count = 0
  for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${descriptor}`))?.[1]
      if (inode && inodes.has(inode)) count++
    } catch {
      // It was closed in between.
    }
  }
  return count
}

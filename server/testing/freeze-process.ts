/** Stops a process that a test has started, as one that hangs: it takes connections, and answers nothing. SIGCONT wakes it. */
import { readdirSync, readFileSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'

/** A thread's state is the field after its name, which may hold anything but is the last in brackets (proc(5)). */
const isStopped = (pid: number) =>
  readdirSync(`/proc/${pid}/task`).every((thread) =>
    /^T/.test(readFileSync(`/proc/${pid}/task/${thread}/stat`, 'latin1').split(') ').at(-1) ?? ''),
  )

/** Resolves when it does nothing any more: the signal alone is only a intent, and the next call may still be answered. */
export const freezeProcess = async (pid: number) => {
  process.kill(pid, 'SIGSTOP')
  while (process.platform === 'linux' && !isStopped(pid)) await nextTurn()
}

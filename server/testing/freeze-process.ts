/** Stops a process that a test has started, so that it hangs: it accepts connections and answers nothing. SIGCONT continues it. */
import { readdirSync, readFileSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'

/** A thread's state follows its name, which is in parentheses and may have any characters (proc(5)). */
const isStopped = (pid: number) =>
  readdirSync(`/proc/${pid}/task`).every((thread) =>
    /^T/.test(readFileSync(`/proc/${pid}/task/${thread}/stat`, 'latin1').split(') ').at(-1) ?? ''),
  )

/** Resolves when every thread is stopped. Right after the signal, the process may still answer a call. */
export const freezeProcess = async (pid: number) => {
  process.kill(pid, 'SIGSTOP')
  while (process.platform === 'linux' && !isStopped(pid)) await nextTurn()
}

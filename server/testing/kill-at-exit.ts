/** For tests that start processes: one that fails half way must not leave them behind. */
import type { ChildProcess } from 'node:child_process'

const living = new Set<ChildProcess>()

/** Kills the process when this one exits, unless it has ended by then. */
export const killAtExit = (child: ChildProcess) => {
  if (living.size === 0) process.once('exit', killAll)
  living.add(child)
  child.once('exit', () => {
    living.delete(child)
    if (living.size === 0) process.off('exit', killAll)
  })
}

const killAll = () => {
  for (const child of living) child.kill('SIGKILL')
}

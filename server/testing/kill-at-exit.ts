/** Ends the processes that a test has started, also when the test fails. */
import type { ChildProcess } from 'node:child_process'

const running = new Set<ChildProcess>()

export const killAtExit = (child: ChildProcess) => {
  if (running.size === 0) process.once('exit', killAll)
  running.add(child)
  child.once('exit', () => {
    running.delete(child)
    if (running.size === 0) process.off('exit', killAll)
  })
}

const killAll = () => {
  for (const child of running) child.kill('SIGKILL')
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test, vi } from 'vitest'

const isThere = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('a child process ends when its parent exits', async () => {
  const script = `
    import { spawn } from 'node:child_process'
    import { killAtExit } from ${JSON.stringify(new URL('./kill-at-exit.ts', import.meta.url).href)}
    const child = spawn('sleep', ['60'], { stdio: 'ignore' })
    killAtExit(child)
    process.stdout.write(String(child.pid), () => process.exit(3))`
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [pid] = (await once(parent.stdout, 'data')) as [Buffer]
  await once(parent, 'exit')
  await vi.waitFor(() => expect(isThere(Number(pid))).toBe(false), { timeout: 5_000 })
})

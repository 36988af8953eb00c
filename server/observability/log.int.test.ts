import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'

/** Logs a fatal error and ends after its first input. */
const program = `
import { createLogger } from '${new URL('./log.ts', import.meta.url).href}'
const logger = createLogger({ level: 'info' })
process.stdin.once('data', () => {
  logger.info({ event: 'almost there' })
  logger.fatal({ event: 'the end' })
  process.exit(7)
})
`
const start = () => spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['pipe', 'pipe', 'inherit'] })

test('a process with a closed log pipe can still log a fatal error and end', async () => {
  const child = start()
  child.stdout.destroy()
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
  child.stdin.write('go')
  expect(await once(child, 'exit')).toEqual([7, null])
  clearTimeout(timer)
}, 20_000)

test('a fatal error is in the log of a process that ends at once', async () => {
  const child = start()
  let output = ''
  child.stdout.on('data', (data: Buffer) => {
    output += String(data)
  })
  child.stdin.write('go')
  await once(child, 'close')
  expect(output).toContain('"event":"the end"')
})

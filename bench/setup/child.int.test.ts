import { expect, test } from 'vitest'
import { Scope } from '../framework/scope.ts'
import { Child } from './child.ts'
import { loadCore } from './cores.ts'

const start = (script: string) => {
  const scope = new Scope()
  return { scope, child: new Child({ scope, core: loadCore, args: ['-e', script] }) }
}

const untilEnded = (child: Child) => expect.poll(() => child.hasEnded).toBe(true)

test('a process that exited with an error reports it when its scope ends', async () => {
  const { scope, child } = start("console.error('the disk is full'); process.exitCode = 3")
  await untilEnded(child)
  await expect(scope.close()).rejects.toThrow(/ended with 3:\n.*the disk is full/s)
})

test('a process that another process killed is reported, too', async () => {
  const { scope, child } = start('setInterval(() => undefined, 1_000)')
  child.process.kill('SIGKILL')
  await untilEnded(child)
  await expect(scope.close()).rejects.toThrow('ended with SIGKILL')
})

test('a process that finished, still runs or was stopped before is no failure', async () => {
  const done = start('')
  await untilEnded(done.child)
  await done.scope.close()
  const running = start('setInterval(() => undefined, 1_000)')
  await running.scope.close()
  expect(running.child.process.signalCode).toBe('SIGKILL')
  const ended = start('setInterval(() => undefined, 1_000)')
  await ended.child.end('SIGTERM')
  await ended.scope.close()
})

test('waiting for a process ends when the process ends', async () => {
  const { scope, child } = start("console.error('no such port'); process.exitCode = 1")
  await expect(child.while(new Promise(() => undefined))).rejects.toThrow(/ended with 1:\n.*no such port/s)
  await expect(child.while(new Promise(() => undefined))).rejects.toThrow('ended with 1')
  await expect(scope.close()).rejects.toThrow('no such port')
  expect(await start('').child.while(Promise.resolve('answer'))).toBe('answer')
})

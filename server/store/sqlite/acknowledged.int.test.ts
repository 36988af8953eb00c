/** A placement is in the file before its answer, even when the process is killed directly after the answer. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSqliteStore } from './sqlite-store.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fresco-acknowledged-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const processes = 5

/** Runs five processes, one after the other, that are killed after their answer, and then reads the file. */
const backlogAfter = async (place: 'store' | 'writer') => {
  const file = join(folder, 'fresco.db')
  for (let number = 1; number <= processes; number++) {
    const child = fork(new URL('./killed-writer.fixture.ts', import.meta.url), [file, `killed${String(number).padStart(8, '0')}`, place])
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
    expect([code, signal]).toEqual([null, 'SIGKILL'])
  }
  const store = await openSqliteStore({ file })
  const backlog = await store.backlog()
  await store.close()
  return backlog
}

test('A1 a process that is killed directly after its answer has saved the placement', async () => {
  // Each process sequences the commits of the processes before it.
  expect(await backlogAfter('store')).toMatchObject({ unsequenced: 1, unpublished: processes - 1 })
})

test('A1 the writer has saved a placement when its method returns', async () => {
  const { unsequenced, unpublished } = await backlogAfter('writer')
  expect(unsequenced + unpublished).toBe(processes)
})

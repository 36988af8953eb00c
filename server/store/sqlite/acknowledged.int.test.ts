/** What `place` has answered is in the file, whatever becomes of the process at that very moment. */
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

const lives = 5

/** Lets five processes die, one after the other, and opens what they left. */
const leftBy = async (place: 'outside' | 'inside') => {
  const file = join(folder, 'fresco.db')
  for (let life = 1; life <= lives; life++) {
    const child = fork(new URL('./killed-writer.fixture.ts', import.meta.url), [file, `dying${String(life).padStart(8, '0')}`, place])
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
    expect([code, signal]).toEqual([null, 'SIGKILL'])
  }
  const store = await openSqliteStore({ file })
  const backlog = await store.backlog()
  await store.close()
  return backlog
}

test('A1 a process that dies in the moment of the answer has saved what it answered', async () => {
  // Each life has numbered what the ones before it have left.
  expect(await leftBy('outside')).toMatchObject({ unsequenced: 1, unpublished: lives - 1 })
})

test('A1 what the writer has answered is in the file before anything else can run', async () => {
  const { unsequenced, unpublished } = await leftBy('inside')
  expect(unsequenced + unpublished).toBe(lives)
})

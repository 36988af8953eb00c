import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { maxCommitPixels } from '../../../lib/commit.ts'
import { paint, testCanvas } from '../store.fixture.ts'
import type { Answer, WorkerData } from './worker.ts'

/** 16,000 pages of 4 KB, each with a header of 24 bytes. */
const boundBytes = 16_000 * (4_096 + 24)
const width = 1_000

let folder: string
let writer: Worker
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fresco-log-'))
  writer = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: { file: join(folder, 'a.db'), part: 'writer', failpoints: {} } satisfies WorkerData,
  })
})
afterEach(async () => {
  await writer.terminate()
  rmSync(folder, { recursive: true, force: true })
})

const call = async (method: string, ...args: unknown[]) => {
  writer.postMessage({ id: 1, method, args })
  const [answer] = (await once(writer, 'message')) as [Answer]
  if ('error' in answer) throw new Error(answer.error.message)
}

test('without checkpoints of another thread, the log grows to its bound and restarts there', async () => {
  await once(writer, 'message')
  await call('ensureCanvas', testCanvas({ width, height: width, tileSize: width }))
  const logBytes = () => statSync(join(folder, 'a.db-wal')).size
  // As far apart as possible, so that few share a page.
  const pixels = Array.from({ length: maxCommitPixels }, (_, index) => {
    const position = Math.floor((index * width * width) / maxCommitPixels)
    return { gx: position % width, gy: Math.floor(position / width), color: 1 }
  })
  const sizes: number[] = []
  for (let round = 0; round < 60; round++) {
    const moved = pixels.map(({ gx, gy, color }) => ({ gx: (gx + round) % width, gy, color }))
    const group = { id: `group-of-${round.toString(36)}`, nowMs: 1_000 + round, requests: [{ ...paint(moved), byOperator: true }] }
    await call('place', group)
    sizes.push(logBytes())
  }
  const growth = sizes.map((size, index) => size - (sizes[index - 1] ?? 0))
  expect(sizes.at(-1)).toBeGreaterThanOrEqual(boundBytes)
  expect(sizes.at(-1)).toBeLessThan(boundBytes + Math.max(...growth))
  expect(growth.slice(-3), 'the log has restarted').toEqual([0, 0, 0])
})

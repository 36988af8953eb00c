import { expect, test, vi } from 'vitest'
import { chunkOf, reloadForMissingChunk } from './missing-chunk.ts'

const chunk = '/_next/static/chunks/0a1b-c.js'
const errors = [
  new Error(`Failed to load chunk ${chunk} from module 123`),
  new Error(`Loading chunk 5 failed.\n(error: http://board.example${chunk})`),
  new TypeError(`Failed to fetch dynamically imported module: http://board.example${chunk}?dpl=1`),
]

const setUp = (status: number | 'offline') => {
  const stored = new Map<string, string>()
  const reload = vi.fn()
  const answer = async () => {
    if (status === 'offline') throw new TypeError('Failed to fetch')
    return new Response(null, { status })
  }
  const storage = {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => void stored.set(name, value),
  }
  return { reload, options: { fetch: answer as typeof fetch, storage, reload } }
}

test('S4: the error of each bundler and browser names the missing file', () => {
  expect(errors.map(chunkOf)).toEqual([chunk, `http://board.example${chunk}`, `http://board.example${chunk}`])
  expect([new Error('x is undefined'), 'text', null].map(chunkOf)).toEqual([null, null, null])
})

test('S4: a page is reloaded once for a file that the server no longer has', async () => {
  const { options, reload } = setUp(404)
  expect(await reloadForMissingChunk(errors[0], options)).toBe('reloading')
  expect(await reloadForMissingChunk(errors[0], options)).toBe('missing')
  expect(reload).toHaveBeenCalledTimes(1)
  // After another deployment, another file is missing.
  expect(await reloadForMissingChunk(new Error('Failed to load chunk /_next/static/chunks/other.js'), options)).toBe('reloading')
})

test('S4: without a connection, for another error, or without storage the page is not reloaded', async () => {
  for (const status of ['offline', 200, 503] as const) {
    const { options, reload } = setUp(status)
    expect(await reloadForMissingChunk(errors[0], options)).toBe('other')
    expect(reload).not.toHaveBeenCalled()
  }
  const { options, reload } = setUp(404)
  expect(await reloadForMissingChunk(new Error('x is undefined'), options)).toBe('other')
  const fail = () => {
    throw new Error('blocked')
  }
  expect(await reloadForMissingChunk(errors[0], { ...options, storage: { getItem: fail, setItem: fail } })).toBe('missing')
  expect(await reloadForMissingChunk(errors[0], { ...options, storage: { getItem: () => null, setItem: () => undefined } })).toBe('missing')
  expect(reload).not.toHaveBeenCalled()
})

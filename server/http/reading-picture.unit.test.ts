import { expect, test } from 'vitest'
import type { CostlyWork } from './costly-work.ts'
import { createOpenPictures, pictureLimits } from './open-pictures.ts'
import { readingPicture } from './reading-picture.ts'

const costly: Pick<CostlyWork, 'part'> = { part: (make) => make() }
const part = new Uint8Array([1, 2, 3])

const streamOf = (count: number) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (let i = 0; i < count; i++) controller.enqueue(part)
      controller.close()
    },
  })

const setUp = (countsAddresses = true) => {
  const clock = { nowMs: 0 }
  const pictures = createOpenPictures({ countsAddresses, monotonicNow: () => clock.nowMs })
  const read = (address: string, source = streamOf(2)) => {
    const opened = pictures.open(address)
    return opened.ok ? readingPicture({ source, picture: opened.picture, costly }).getReader() : opened.refusal.code
  }
  /** A reader that reads the first part and then nothing. */
  const slowReader = async (address: string) => {
    const reader = read(address)
    if (typeof reader !== 'string') await reader.read()
    return reader
  }
  const freeSlots = () => {
    let free = 0
    while (pictures.open(`9.9.9.${free}`).ok) free++
    return free
  }
  return { clock, read, slowReader, freeSlots }
}

test('the slot is released when the picture is read to its end', async () => {
  const { read, freeSlots } = setUp()
  const reader = read('1.1.1.1')
  if (typeof reader === 'string') throw new Error(reader)
  expect((await reader.read()).value).toEqual(part)
  await reader.read()
  expect((await reader.read()).done).toBe(true)
  expect(freeSlots()).toBe(pictureLimits.ofProcess)
})

test('the slot is released when the reader disconnects before the first byte', async () => {
  const { read, freeSlots } = setUp()
  const reader = read('1.1.1.1')
  if (typeof reader !== 'string') await reader.cancel()
  expect(freeSlots()).toBe(pictureLimits.ofProcess)
})

test('the slot is released when the picture fails', async () => {
  const { read, freeSlots } = setUp()
  const reader = read('1.1.1.1', new ReadableStream<Uint8Array>({ pull: () => Promise.reject(new Error('gone')) }))
  if (typeof reader !== 'string') await expect(reader.read()).rejects.toThrow('gone')
  expect(freeSlots()).toBe(pictureLimits.ofProcess)
})

test('an address reads two pictures at a time', () => {
  const { read } = setUp()
  expect(typeof read('1.1.1.1')).toBe('object')
  expect(typeof read('1.1.1.1')).toBe('object')
  expect(read('1.1.1.1')).toBe('rate_limited')
  expect(typeof read('2.2.2.2')).toBe('object')
  expect(typeof setUp(false).read('1.1.1.1')).toBe('object')
})

test('when every slot is taken, the slowest reader is cut off', async () => {
  const { clock, read, slowReader } = setUp()
  const readers = []
  for (let i = 0; i < pictureLimits.ofProcess; i++) {
    clock.nowMs += 10
    readers.push(await slowReader(`1.1.1.${i}`))
  }
  expect(read('2.2.2.2')).toBe('overloaded')
  clock.nowMs += pictureLimits.spareMs
  expect(typeof read('2.2.2.2')).toBe('object')
  const [first, second] = readers
  if (typeof first !== 'object' || typeof second !== 'object') throw new Error('no readers')
  await expect(first.read()).rejects.toThrow('too slow')
  expect((await second.read()).value).toEqual(part)
})

test('a new picture of an address replaces the slowest reader of that address', async () => {
  const { clock, read, slowReader } = setUp()
  const slow = await slowReader('1.1.1.1')
  clock.nowMs += 10
  await slowReader('1.1.1.1')
  expect(read('1.1.1.1')).toBe('rate_limited')
  clock.nowMs += pictureLimits.spareMs
  expect(typeof read('1.1.1.1')).toBe('object')
  if (typeof slow !== 'object') throw new Error(slow)
  await expect(slow.read()).rejects.toThrow('too slow')
})

import { expect, test } from 'vitest'
import { createSlots, whileReading } from './slots.ts'

test('A6 there are as many slots as were made, and giving one back twice makes no second', () => {
  const slots = createSlots(2)
  const first = slots.take()
  expect(slots.take()).not.toBeNull()
  expect(slots.take()).toBeNull()
  first?.()
  first?.()
  expect(slots.take()).not.toBeNull()
  expect(slots.take()).toBeNull()
})

const chunk = new Uint8Array([1, 2, 3])

const streamOf = (count: number) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (let i = 0; i < count; i++) controller.enqueue(chunk)
      controller.close()
    },
  })

test('a slot is given back when the stream was read to its end', async () => {
  let released = 0
  const stream = whileReading(streamOf(2), () => void released++)
  const reader = stream.getReader()
  expect((await reader.read()).value).toEqual(chunk)
  expect(released).toBe(0)
  await reader.read()
  expect((await reader.read()).done).toBe(true)
  expect(released).toBe(1)
})

test('a slot is given back when the reader goes away before the first byte', async () => {
  let released = 0
  await whileReading(streamOf(1), () => void released++).cancel()
  expect(released).toBe(1)
})

test('a slot is given back when the source fails', async () => {
  let released = 0
  const failing = new ReadableStream<Uint8Array>({ pull: () => Promise.reject(new Error('gone')) })
  await expect(
    whileReading(failing, () => void released++)
      .getReader()
      .read(),
  ).rejects.toThrow('gone')
  expect(released).toBe(1)
})

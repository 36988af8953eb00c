/** L3: pictures of a part of the board over HTTP. */
import { decode } from 'fast-png'
import { expect, test } from 'vitest'
import { expectProblem, start } from './api-expectations.fixture.ts'

const path = '/api/canvases/main/board.png'
const read = async (response: Response) => decode(new Uint8Array(await response.arrayBuffer()), { checkCrc: true })

test('L3: a part of the board is a picture of its own, at every edge of the parameters', async () => {
  const { get, post, sequence } = await start()
  await post('/api/pixels', { gx: 99, gy: 69, color: 1 })
  await sequence()
  const picture = await get(`${path}?x=98&y=68&w=2&h=2&scale=8`)
  expect(picture.headers.get('cache-control')).toBe('public, max-age=1')
  expect(await read(picture)).toMatchObject({ width: 16, height: 16 })
  expect(await read(await get(`${path}?x=99&y=69`))).toMatchObject({ width: 1, height: 1 })
  expect(await read(await get(`${path}?w=1`))).toMatchObject({ width: 1, height: 70 })
  for (const query of ['x=100', 'y=70', 'x=-1', 'w=0', 'h=71', 'x=99&w=2', 'x=a', 'w=1.5', 'x=', 'h=1e1']) {
    await expectProblem(await get(`${path}?${query}`), 'invalid_request')
  }
})

test('L3: a fitted picture has exactly its size, and is kept for a minute', async () => {
  const { get, send } = await start()
  const response = await get(`${path}?x=0&y=0&w=100&h=70&fit=1200x630`)
  expect([response.status, response.headers.get('cache-control'), response.headers.get('set-cookie')]).toEqual([
    200,
    'public, max-age=60',
    null,
  ])
  expect(await read(response)).toMatchObject({ width: 1_200, height: 630 })
  expect(await read(await get(`${path}?x=99&y=69&fit=16x2048`))).toMatchObject({ width: 16, height: 2_048 })
  expect((await send('HEAD', `${path}?fit=16x16`)).status).toBe(200)
  for (const fit of ['15x16', '16x2049', '2049x16', '1200', '1200x', 'x630', '-16x16', '1e2x16', '16x16x16', '16X16', '']) {
    await expectProblem(await get(`${path}?fit=${fit}`), 'invalid_request')
  }
  await expectProblem(await get(`${path}?fit=16x16&scale=2`), 'invalid_request')
})

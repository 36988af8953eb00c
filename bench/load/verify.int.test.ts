/** A server with wrong answers, one for each violation that `verify` must report. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { verify } from './verify.ts'

const tileSize = 64
const cells = tileSize * tileSize
const epoch = 'epoch001'
const before = { epoch, seq: 0, colors: new Uint8Array(cells) }

interface Answers {
  commits: { seq: number; pixels: { gx: number; gy: number; color: number; id: string }[] }[]
  board: Uint8Array
  seq: number
}

const close: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const each of close.splice(0)) await each()
})

const serverWith = async ({ commits, board, seq }: Answers) => {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost')
    if (url.pathname.endsWith('/commits')) {
      const after = Number(url.searchParams.get('after'))
      response.end(JSON.stringify({ commits: commits.filter((commit) => commit.seq > after) }))
    } else if (url.pathname.endsWith('/board')) {
      response.writeHead(200, { 'fresco-epoch': epoch, 'fresco-seq': String(seq) }).end(board)
    } else response.end(JSON.stringify({ tileSize, width: 64, height: 64, background: 0, palette: [], epoch }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  close.push(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return (server.address() as AddressInfo).port
}

const clicks = [
  { click: { gx: 1, gy: 0, color: 3 }, id: 'a' },
  { click: { gx: 2, gy: 0, color: 4 }, id: 'b' },
]
const right = (): Answers => ({
  commits: clicks.map(({ click, id }, index) => ({ seq: index + 1, pixels: [{ ...click, id }] })),
  board: before.colors.map((color, position) => (position === 1 ? 3 : position === 2 ? 4 : color)),
  seq: 2,
})

const classify = async (change: (answers: Answers) => void) => {
  const answers = right()
  change(answers)
  return verify({ port: await serverWith(answers), before, answered: clicks, eachPlaceOnce: true, settleMs: 100 })
}

test('a correct server passes', async () => {
  expect(await classify(() => undefined)).toEqual({ acknowledged: 2, head: 2, commits: 2 })
})

test.each<[string, (answers: Answers) => void, string]>([
  ['a lost pixel', (answers) => answers.commits.pop(), '1 of 2 acknowledged pixels are not in the log'],
  ['another pixel in its place', (answers) => Object.assign(answers.commits[1]?.pixels[0] ?? {}, { id: 'c' }), '1 lost, 0 doubled'],
  ['a doubled pixel', (answers) => answers.commits.push({ seq: 3, pixels: [{ gx: 2, gy: 0, color: 4, id: 'b' }] }), '0 lost, 1 doubled'],
  ['a hole in the log', (answers) => Object.assign(answers.commits[1] ?? {}, { seq: 3 }), 'the log has a hole: 3 follows 1'],
  ['another board', (answers) => answers.board.set([1], 9), 'the board is not the fold of the log'],
  ['a board that is behind', (answers) => Object.assign(answers, { seq: 1 }), 'the board is at seq 1, the log at 2'],
  [
    'another colour than was painted',
    (answers) => {
      Object.assign(answers.commits[0]?.pixels[0] ?? {}, { color: 5 })
      answers.board[1] = 5
    },
    'is 5 and was painted 3',
  ],
])('%s is reported', async (_, change, sentence) => {
  await expect(classify(change)).rejects.toThrow(sentence)
})

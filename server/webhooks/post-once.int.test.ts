/** Endpoints that fail, hang or are hostile. */
import { afterEach, expect, test } from 'vitest'
import { webhookLimits } from '../../lib/webhook.ts'
import { postOnce } from './post-once.ts'
import { startReceiver } from './receiver.fixture.ts'

let receiver: Awaited<ReturnType<typeof startReceiver>> | null = null
afterEach(() => receiver?.close())

const post = async (answer: Parameters<typeof startReceiver>[0], options: { allowPrivate?: boolean; path?: string } = {}) => {
  receiver = await startReceiver(answer)
  const { allowPrivate = true, path = '/secret-path?token=secret' } = options
  const signal = new AbortController().signal
  return postOnce({ url: receiver.url + path, headers: { 'webhook-id': 'x' }, body: '{}', allowPrivate, signal, deadlineMs: 400 })
}

test('an answer is reported with its status, its time and its first bytes', async () => {
  const report = await post((response) => response.end('fine\r\n\u001b[31m'))
  expect(report).toMatchObject({ status: 200, error: null, answer: 'fine\n\\u001b[31m' })
  expect(receiver?.received).toMatchObject([
    { body: '{}', headers: { 'content-type': 'application/json', 'webhook-id': 'x', 'user-agent': expect.stringMatching(/^Fresco\/\d/) } },
  ])
})

test.each([
  ['fails', 500, (response) => response.writeHead(500).end()],
  ['redirects to a metadata service', 302, (response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end()],
  ['never answers', null, () => undefined],
  ['resets the connection', null, (response) => response.socket?.destroy()],
  ['sends large headers', null, (response) => response.writeHead(200, { large: 'x'.repeat(60_000) }).end()],
  ['sends informational answers without end', null, (response) => void setInterval(() => response.writeProcessing(), 5).unref()],
  ['changes the protocol', null, (response) => response.writeHead(101, { upgrade: 'x', connection: 'upgrade' }).end()],
  ['sends what is not HTTP', null, (response) => response.socket?.end('SSH-2.0-x\r\n')],
] as [string, number | null, Parameters<typeof startReceiver>[0]][])(
  'an endpoint that %s is a failure, and its error has nothing of the path',
  async (_name, status, answer) => {
    const report = await post(answer)
    expect(report.status).toBe(status)
    expect(report.error).toEqual(expect.any(String))
    expect(JSON.stringify(report)).not.toContain('secret')
    expect(report.durationMs).toBeLessThan(2_000)
    expect(receiver?.received).toHaveLength(1)
  },
)

test.each([
  ['endless', (response) => void setInterval(() => response.write('x'.repeat(1_000)), 1).unref(), webhookLimits.maxAnswerBytes],
  ['broken', (response) => response.writeHead(200, { 'content-length': 9 }).end('abc', () => response.socket?.destroy()), 3],
  ['hanging', (response) => response.write('abc'), 3],
  ['compressed', (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('abc'), 3],
] as [string, Parameters<typeof startReceiver>[0], number][])(
  'A6 a success with a body that is %s is a success, and only its first bytes are read',
  async (_name, answer, length) => {
    const report = await post(answer)
    expect(report).toMatchObject({ status: 200, error: null })
    expect(report.answer).toHaveLength(length)
  },
)

test('no request goes to a private address, and the connection goes to the address that was checked', async () => {
  const refused = await post((response) => response.end(), { allowPrivate: false })
  expect(refused).toMatchObject({ status: null, error: expect.stringContaining('private address') })
  expect(receiver?.received).toEqual([])
  const { port } = new URL(receiver?.url ?? '')
  let lookUps = 0
  const lookUp = async () => [{ address: lookUps++ === 0 ? '127.0.0.1' : '127.9.9.9', family: 4 }]
  const once = { url: `http://name.example:${port}/`, headers: {}, body: '{}', allowPrivate: true, signal: new AbortController().signal }
  expect(await postOnce({ ...once, lookUp })).toMatchObject({ status: 200 })
  expect(lookUps).toBe(1)
})

test('a look-up that hangs ends with the attempt', async () => {
  const lookUp = () => new Promise<never>(() => undefined)
  const signal = new AbortController().signal
  const report = await postOnce({ url: 'http://name.example/', headers: {}, body: '', allowPrivate: false, signal, deadlineMs: 50, lookUp })
  expect(report).toMatchObject({ status: null, error: 'No answer within 0.05 s.' })
})

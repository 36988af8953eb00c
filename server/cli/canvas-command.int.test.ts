import { afterEach, beforeEach, expect, test } from 'vitest'
import { adminToken, json, problem, run, setUp, standIn, tearDown } from './run-command.fixture.ts'

beforeEach(setUp)
afterEach(tearDown)

const main = {
  id: 'main',
  title: 'Main board',
  rev: 7,
  width: 1000,
  height: 500,
  cooldownMs: 5000,
  maxCharges: 10,
  startCharges: 5,
  state: 'open',
  online: 12,
}
const side = { ...main, id: 'side-2', title: 'Side', rev: 1, state: 'paused', online: 0 }

/** The stand-in answers a change with the changed canvas, and anything else with the list. */
const answerAsServer = () =>
  standIn.willAnswer((response) => {
    const { method, body } = standIn.asked.at(-1) ?? {}
    const change = method === 'PATCH' ? (JSON.parse(String(body)) as object) : null
    json(200, change ? { ...main, ...change, rev: 8 } : { canvases: [main, side] })(response)
  })

test('canvas list prints one line for each board', async () => {
  answerAsServer()
  expect(await run(['canvas', 'list'])).toEqual({
    code: 0,
    out: [
      'ID      STATE   SIZE      COOLDOWN  START  MAX  ONLINE  REV  TITLE',
      'main    open    1000x500  5000 ms   5      10   12      7    Main board',
      'side-2  paused  1000x500  5000 ms   5      10   0       1    Side',
    ].join('\n'),
    err: '',
  })
  expect(standIn.asked).toMatchObject([{ method: 'GET', url: '/api/admin/canvases', headers: { authorization: `Bearer ${adminToken}` } }])
})

test('canvas set sends only what is given, over the newest rev', async () => {
  answerAsServer()
  const args = ['--title', 'Finale', '--state', 'paused', '--cooldown-ms', '0', '--max-charges', '20', '--start-charges=1']
  const { code, out, err } = await run(['canvas', 'set', 'main', ...args])
  expect({ code, out, err }).toEqual({ code: 0, out: '"main" has rev 8: "Finale", paused, cooldown 0 ms, charges 1 to 20', err: '' })
  expect(standIn.asked[1]).toMatchObject({ method: 'PATCH', url: '/api/admin/canvases/main', headers: { 'if-match': '7' } })
  expect(JSON.parse(String(standIn.asked[1]?.body))).toEqual({
    title: 'Finale',
    state: 'paused',
    cooldownMs: 0,
    maxCharges: 20,
    startCharges: 1,
  })
})

test('canvas set with --rev sends that rev without asking for the newest', async () => {
  answerAsServer()
  await run(['canvas', 'set', 'main', '--state', 'closed', '--rev', '3'])
  expect(standIn.asked).toMatchObject([{ method: 'PATCH', headers: { 'if-match': '3' } }])
  expect(JSON.parse(String(standIn.asked[0]?.body))).toEqual({ state: 'closed' })
})

test("canvas set prints the server's sentence when another change came first", async () => {
  standIn.willAnswer(problem(409, 'The canvas has rev 8, not 7. Nothing was changed.'))
  expect(await run(['canvas', 'set', 'main', '--title', 'x', '--rev', '7'])).toEqual({
    code: 1,
    out: '',
    err: 'The canvas has rev 8, not 7. Nothing was changed.',
  })
})

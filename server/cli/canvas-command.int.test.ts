import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { adminToken, folder, json, problem, run, setUp, standIn, tearDown } from './run-command.fixture.ts'

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
  perSecond: 3.25,
  visibility: 'listed',
  palette: ['#FFFFFF', '#FF4500'],
  colorNames: ['Snow', 'red'],
}
const side = { ...main, id: 'side-2', title: 'Side', rev: 1, state: 'paused', online: 0, perSecond: null, visibility: 'link' }

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
      'ID      STATE   SIZE      COOLDOWN  START  MAX  ONLINE  PX/S  VISIBLE  REV  TITLE',
      'main    open    1000x500  5000 ms   5      10   12      3.3   listed   7    Main board',
      'side-2  paused  1000x500  5000 ms   5      10   0       -     link     1    Side',
    ].join('\n'),
    err: '',
  })
  expect(standIn.asked).toMatchObject([{ method: 'GET', url: '/api/admin/canvases', headers: { authorization: `Bearer ${adminToken}` } }])
})

test('canvas delete and start-over send the confirmed id over the newest rev', async () => {
  standIn.willAnswer((response) => {
    const { method } = standIn.asked.at(-1) ?? {}
    if (method === 'GET') json(200, { canvases: [main] })(response)
    else if (method === 'DELETE') json(202, { deleting: true })(response)
    else json(200, { ...main, epoch: 'abcdefgh', rev: 9, erasing: null })(response)
  })
  expect(await run(['canvas', 'delete', 'main', '--confirm', 'main'])).toEqual({
    code: 0,
    out: '"main" was deleted. The server removes what is left of it.',
    err: '',
  })
  expect(await run(['canvas', 'start-over', 'main', '--confirm', 'main', '--rev', '8'])).toEqual({
    code: 0,
    out: '"main" was started over: epoch abcdefgh, rev 9, paused.',
    err: '',
  })
  expect(standIn.asked).toMatchObject([
    { method: 'GET' },
    { method: 'DELETE', url: '/api/admin/canvases/main', headers: { 'if-match': '7' } },
    { method: 'POST', url: '/api/admin/canvases/main/start-over', headers: { 'if-match': '8' } },
  ])
  expect(JSON.parse(String(standIn.asked[1]?.body))).toEqual({ confirm: 'main' })
})

test('canvas delete and start-over ask nothing of the server without the id once more', async () => {
  for (const args of [[], ['--confirm', 'other'], ['--confirm', '']]) {
    for (const action of ['delete', 'start-over']) {
      const { code, err } = await run(['canvas', action, 'main', ...args])
      expect([code, err]).toEqual([2, expect.stringContaining('If all pixels of "main" shall be lost, add --confirm main.')])
    }
  }
  expect(standIn.asked).toEqual([])
})

test('canvas create sends the board, and prints what the server has made', async () => {
  standIn.willAnswer((response) => json(201, { ...side, width: 300 })(response))
  const args = ['--title', 'Side', '--width', '300', '--height', '200', '--tile-size', '64', '--background', '0', '--cooldown-ms', '0']
  const { code, out, err } = await run(['canvas', 'create', 'side-2', ...args])
  expect({ code, out, err }).toEqual({
    code: 0,
    out: '"side-2" was created, 300x500: "Side", paused, cooldown 5000 ms, charges 5 to 10',
    err: '',
  })
  expect(standIn.asked).toMatchObject([{ method: 'POST', url: '/api/admin/canvases' }])
  expect(JSON.parse(String(standIn.asked[0]?.body))).toEqual({
    ...{ id: 'side-2', title: 'Side', width: 300, height: 200, tileSize: 64, background: 0, cooldownMs: 0 },
  })
})

test('canvas create takes a whole palette with names', async () => {
  standIn.willAnswer((response) => json(201, side)(response))
  const args = ['--title', 'Side', '--width', '3', '--height', '2', '--palette', '#ffffff=Paper,#000000']
  expect((await run(['canvas', 'create', 'side-2', ...args])).code).toBe(0)
  expect(JSON.parse(String(standIn.asked[0]?.body))).toMatchObject({ palette: ['#FFFFFF', '#000000'], colorNames: ['Paper', 'black'] })
})

test('canvas create needs an id, a title and a size', async () => {
  expect((await run(['canvas', 'create'])).err).toContain('ID is missing.')
  expect((await run(['canvas', 'create', 'side', '--title', 'Side', '--width', '5'])).err).toContain(
    'A new board needs --title, --width and --height.',
  )
  expect(standIn.asked).toEqual([])
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

/** The change that `canvas set main` sends. */
const sent = async (...args: string[]) => {
  answerAsServer()
  expect(await run(['canvas', 'set', 'main', ...args])).toMatchObject({ code: 0, err: '' })
  return JSON.parse(String(standIn.asked.at(-1)?.body))
}

test('B2 canvas set has an option for every setting', async () => {
  const rules = join(folder, 'rules.md')
  await writeFile(rules, '# Be kind\n')
  const texts = ['--rules-file', rules, '--visibility', 'link', '--color-names', 'white, dark red']
  const numbers = ['--width', '2000', '--height', '600', '--undo-ms', '0']
  const switches = ['--assist', 'off', '--templates', 'staff', '--archive']
  const areas = ['--protect', '0,0,10,20', '--protect', '5, 6, 7, 8']
  expect(await sent(...texts, ...numbers, ...switches, ...areas)).toEqual({
    rules: '# Be kind\n',
    visibility: 'link',
    colorNames: ['white', 'dark red'],
    width: 2000,
    height: 600,
    undoMs: 0,
    assist: false,
    templates: 'staff',
    archived: true,
    protectedAreas: [
      { gx: 0, gy: 0, width: 10, height: 20 },
      { gx: 5, gy: 6, width: 7, height: 8 },
    ],
  })
})

test('canvas set takes off what "none" or an empty text names', async () => {
  expect(await sent('--protect', 'none', '--only-color', 'none', '--rules', '')).toEqual({ protectedAreas: [], onlyColor: null, rules: '' })
})

test('canvas set appends colours to those that the board has', async () => {
  expect(await sent('--add-colors', '#00aaff=Sky=blue, #FF4600')).toEqual({
    palette: ['#FFFFFF', '#FF4500', '#00AAFF', '#FF4600'],
    colorNames: ['Snow', 'red', 'Sky=blue', 'red 2'],
  })
  expect(await sent('--add-colors', '#00AAFF', '--only-color', '#00aaff', '--rev', '7')).toMatchObject({ onlyColor: 2 })
})

test('canvas set takes the colour of a finale as its index or its value', async () => {
  expect(await sent('--only-color', '#ff4500')).toEqual({ onlyColor: 1 })
  expect(await sent('--only-color', '0')).toEqual({ onlyColor: 0 })
  expect(await run(['canvas', 'set', 'main', '--only-color', '#123456'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('--only-color must be a colour of the board'),
  })
})

test('canvas set says when the board does not exist', async () => {
  answerAsServer()
  expect(await run(['canvas', 'set', 'nowhere', '--title', 'x'])).toEqual({ code: 1, out: '', err: 'There is no canvas with this id.' })
})

test("canvas set prints the server's sentence when another change came first", async () => {
  standIn.willAnswer(problem(409, 'The canvas has rev 8, not 7. Nothing was changed.'))
  expect(await run(['canvas', 'set', 'main', '--title', 'x', '--rev', '7'])).toEqual({
    code: 1,
    out: '',
    err: 'The canvas has rev 8, not 7. Nothing was changed.',
  })
})

test('E1 canvas set takes the schedule from a file, and no steps for none', async () => {
  const file = join(folder, 'schedule.json')
  const schedule = [{ at: '2026-11-24T18:00:00.000Z', type: 'open' }]
  await writeFile(file, JSON.stringify(schedule))
  expect(await sent('--schedule', file)).toEqual({ schedule })
  expect(await sent('--schedule', 'none')).toEqual({ schedule: [] })
})

test('E1 canvas set says when the file of the schedule cannot be used, and asks no server', async () => {
  const file = join(folder, 'schedule.json')
  await writeFile(file, '[{')
  expect(await run(['canvas', 'set', 'main', '--schedule', file])).toEqual({
    code: 2,
    out: '',
    err: expect.stringContaining('is not JSON.'),
  })
  expect(await run(['canvas', 'set', 'main', '--schedule', join(folder, 'none.json')])).toMatchObject({
    code: 2,
    err: expect.stringContaining('could not be read (ENOENT).'),
  })
  expect(standIn.asked).toEqual([])
})

test('E3 canvas announce sends the announcement, and prints until when it lasts', async () => {
  const until = '2026-11-24T18:00:00.000Z'
  standIn.willAnswer((response) => json(201, { announcement: { text: 'Ten minutes left', until } })(response))
  expect(await run(['canvas', 'announce', 'main', 'Ten minutes left', '--level', 'important', '--lasts-ms', '600000'])).toEqual({
    code: 0,
    out: `Announced on "main" until ${until}: Ten minutes left`,
    err: '',
  })
  expect(standIn.asked).toMatchObject([
    { method: 'POST', url: '/api/admin/canvases/main/announcement', headers: { authorization: `Bearer ${adminToken}` } },
  ])
  expect(JSON.parse(String(standIn.asked[0]?.body))).toEqual({ text: 'Ten minutes left', level: 'important', lastsMs: 600_000 })
})

test('E3 canvas announce takes the announcement off', async () => {
  standIn.willAnswer((response) => json(200, { announcement: null })(response))
  expect(await run(['canvas', 'announce', 'main', '--remove'])).toEqual({ code: 0, out: '"main" has no announcement.', err: '' })
  expect(standIn.asked).toMatchObject([{ method: 'DELETE', url: '/api/admin/canvases/main/announcement' }])
})

test.each([
  [[], 'ID is missing.'],
  [['main'], 'TEXT is missing.'],
  [['main', 'Hello', 'you'], 'The argument "you" is not expected.'],
  [['main', 'Hello', '--remove'], '--remove takes no TEXT'],
  [['main', 'Hello', '--level', 'loud'], '--level must be info or important, got "loud".'],
  [['main', 'Hello', '--lasts-ms', '999'], '--lasts-ms must be a whole number from 1000 to 2592000000'],
])('E3 canvas announce %j is refused', async (args, message) => {
  expect(await run(['canvas', 'announce', ...args])).toMatchObject({ code: 2, err: expect.stringContaining(message) })
  expect(standIn.asked).toEqual([])
})

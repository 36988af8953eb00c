/** The schedule of a canvas and its file for calendars, over HTTP. The clock of the server shows 2026-01-01T00:00:00Z. */
import { expect, test } from 'vitest'
import type { CanvasChange } from '../../lib/canvas.ts'
import { asAdmin, bodyOf, expectProblem, start } from './api-expectations.fixture.ts'

const setUp = async (canvas: CanvasChange = {}) => {
  const api = await start({ canvas })
  const patch = (schedule: unknown, more: object = {}, rev = 1) =>
    api.send('PATCH', '/api/admin/canvases/main', { json: { schedule, ...more }, headers: { ...asAdmin, 'if-match': String(rev) } })
  return { ...api, patch, shown: async () => bodyOf(await api.get('/api/canvases/main')) }
}

const at = '2026-01-01T18:00:00.000Z'
const later = '2026-01-02T18:00:00.000Z'

test('E1 a schedule with every type of step is saved and shown to admins as it was sent, and to painters as its next times', async () => {
  const { patch, shown, get } = await setUp()
  const schedule = [
    { id: 'start', at, type: 'open' },
    { id: 'slow', at, type: 'pace', cooldownMs: 5_000, maxCharges: 9, startCharges: 9 },
    { id: 'grow', at, type: 'grow', width: 200, height: 200 },
    { id: 'more', at, type: 'colors', colors: ['#ABCDEF'], names: ['sky'] },
    { id: 'say', at, type: 'announce', text: 'Hello', level: 'important', lastsMs: 60_000 },
    { id: 'last', at: later, type: 'finale', color: 4 },
    { id: 'rest', at: later, type: 'pause' },
    { id: 'end', at: later, type: 'close' },
  ]
  const answer = await patch(schedule, { state: 'paused' })
  expect([answer.status, await bodyOf(answer)]).toMatchObject([200, { rev: 2, schedule, finishedSteps: [] }])
  expect(await shown()).toMatchObject({ opensAt: at, closesAt: later, state: 'paused' })
  expect(await shown()).not.toHaveProperty('schedule')
  expect((await bodyOf(await get('/api/admin/canvases', asAdmin))).canvases[0].schedule).toEqual(schedule)
})

test('E1 a step may leave out its id, names, level and end, and may have a time of any zone', async () => {
  const { patch } = await setUp()
  const { schedule } = await bodyOf(
    await patch([
      { at: '2026-01-01T19:00:00+01:00', type: 'announce', text: ' Hello ' },
      { at, type: 'colors', colors: ['#abcdef'] },
    ]),
  )
  expect(schedule).toEqual([
    { id: 'step-1', at, type: 'announce', text: 'Hello', level: 'info', lastsMs: null },
    { id: 'step-2', at, type: 'colors', colors: ['#ABCDEF'], names: [] },
  ])
})

test('E1 the steps are replaced as a whole, and only by somebody who has the newest schedule', async () => {
  const { patch, shown } = await setUp()
  await patch([{ at, type: 'open' }])
  await expectProblem(await patch([]), 'stale_rev')
  expect(await shown()).toMatchObject({ opensAt: at, rev: 2 })
  expect(await bodyOf(await patch([], {}, 2))).toMatchObject({ schedule: [], rev: 3 })
  expect(await shown()).toMatchObject({ opensAt: null })
})

const open = { at, type: 'open' }
test.each<[unknown, string]>([
  [null, 'schedule'],
  [{}, 'schedule'],
  [Array(65).fill(open), 'schedule'],
  [[null], 'schedule.0'],
  [['open'], 'schedule.0'],
  [[{ at }], 'schedule.0.type'],
  [[{ at, type: 'explode' }], 'schedule.0.type'],
  [[open, { type: 'open' }], 'schedule.1.at'],
  [[{ ...open, at: 'tomorrow' }], 'schedule.0.at'],
  [[{ ...open, at: '2026-01-01T18:00:00' }], 'schedule.0.at'],
  [[{ ...open, at: 1_800_000_000_000 }], 'schedule.0.at'],
  [[{ ...open, at: '2027-02-30T00:00:00Z' }], 'schedule.0.at'],
  [[{ ...open, at: '9999-12-31T23:59:59-01:00' }], 'schedule.0.at'],
  [[{ ...open, at: '2025-12-31T23:59:49.999Z' }], 'schedule.0.at'],
  [[{ ...open, at: later }, open], 'schedule.1.at'],
  [[{ ...open, id: 'No' }], 'schedule.0.id'],
  [[{ ...open, id: 'x'.repeat(33) }], 'schedule.0.id'],
  [
    [
      { ...open, id: 'a' },
      { ...open, id: 'a' },
    ],
    'schedule.1.id',
  ],
  [[{ ...open, cooldownMs: 5 }], 'schedule.0'],
  [[{ at, type: 'pace' }], 'schedule.0'],
  [[{ at, type: 'pace', cooldownMs: -1 }], 'schedule.0.cooldownMs'],
  [[{ at, type: 'pace', startCharges: 6 }], 'schedule.0'],
  [[{ at, type: 'grow', width: 200 }], 'schedule.0.height'],
  [[{ at, type: 'grow', width: 16_385, height: 200 }], 'schedule.0.width'],
  [[{ at, type: 'grow', width: 99, height: 200 }], 'schedule.0'],
  [[{ at, type: 'colors', colors: [] }], 'schedule.0.colors'],
  [[{ at, type: 'colors', colors: ['red'] }], 'schedule.0.colors.0'],
  [[{ at, type: 'colors', colors: ['#ABCDEF'], names: ['a', 'b'] }], 'schedule.0.names'],
  [[{ at, type: 'colors', colors: ['#ABCDEF', '#ABCDEF'] }], 'schedule.0'],
  [[{ at, type: 'announce', text: 'x'.repeat(281) }], 'schedule.0.text'],
  [[{ at, type: 'announce', text: 'Hello', lastsMs: 0 }], 'schedule.0.lastsMs'],
  [[{ at, type: 'finale' }], 'schedule.0.color'],
  [[{ at, type: 'finale', color: 4 }], 'schedule.0'],
])('E1 the schedule %j is refused with the field, and changes nothing', async (schedule, field) => {
  const { patch, shown } = await setUp()
  expect((await expectProblem(await patch(schedule, { title: 'New' }), 'invalid_request')).errors).toMatchObject([{ path: field }])
  expect(await shown()).toMatchObject({ rev: 1, title: 'Main' })
})

test('E1 64 steps, and a step ten seconds before now, are accepted', async () => {
  const { patch } = await setUp()
  const answer = await bodyOf(await patch([{ ...open, at: '2025-12-31T23:59:50.000Z' }, ...Array(63).fill(open)]))
  expect(answer.schedule).toHaveLength(64)
})

test('E1 steps are checked against the other changes of the same request', async () => {
  const { patch } = await setUp()
  const palette = ['#FFFFFF', '#FF0000', '#00FF00', '#0000FF', '#ABCDEF']
  expect((await patch([{ at, type: 'finale', color: 4 }], { palette })).status).toBe(200)
})

test('E2 the file for calendars is about the next opening and the closing after it', async () => {
  const { patch, get, port } = await setUp({ title: 'Winter, again' })
  await patch([
    { at, type: 'close' },
    { at, type: 'open' },
    { at: later, type: 'close' },
  ])
  const answer = await get('/api/canvases/main/calendar.ics')
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('text/calendar; charset=utf-8')
  expect(answer.headers.get('content-disposition')).toBe('attachment; filename="main.ics"')
  const file = await answer.text()
  for (const line of ['DTSTART:20260101T180000Z', 'DTEND:20260102T180000Z', 'SUMMARY:Winter\\, again', 'SEQUENCE:2'])
    expect(file).toContain(`\r\n${line}\r\n`)
  expect(file).toContain(`\r\nURL:http://127.0.0.1:${port}/c/main\r\n`)
})

test('E2 a canvas without an opening, and no canvas, have no file', async () => {
  const { patch, get } = await setUp()
  await patch([{ at, type: 'close' }])
  await expectProblem(await get('/api/canvases/main/calendar.ics'), 'not_found')
  await expectProblem(await get('/api/canvases/nowhere/calendar.ics'), 'canvas_not_found')
})

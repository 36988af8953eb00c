/** One event from beginning to end: a host makes a board, its schedule runs, and a painter follows. */
import type { Page } from '@playwright/test'
import type { StepAction } from '../lib/schedule.ts'
import type { AdminCanvas } from '../lib/show-canvas.ts'
import { asString, expect, type Tab, test } from './support/fixtures.ts'
import type { FrescoServer } from './support/server.ts'

const hourMs = 3_600_000
const red = 2
const white = 31
const night = 32

const event: readonly StepAction[] = [
  { type: 'open' },
  { type: 'pace', cooldownMs: 100, maxCharges: 20 },
  { type: 'grow', width: 128, height: 64 },
  { type: 'grow', width: 128, height: 128 },
  { type: 'colors', colors: ['#123456'], names: ['night'] },
  { type: 'announce', text: 'The finale begins.', level: 'important', lastsMs: null },
  { type: 'finale', color: white },
  { type: 'close' },
]

const makeBoard = async (page: Page, server: FrescoServer) => {
  await page.goto(`${server.url}/admin/boards`)
  await page.getByLabel('Admin token').fill(server.adminToken)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'New board' }).click()
  const form = page.getByTestId('new-board')
  await form.getByLabel('Title').fill('Winter')
  for (const side of ['Width', 'Height']) await form.getByLabel(side).fill('64')
  await form.getByRole('button', { name: 'Make the board' }).click()
  await expect(page.getByTestId('board-form').getByLabel('Title')).toHaveValue('Winter')
}

/** The host's schedule, and a fast clock: the next step is moved to the next second. */
const scheduleOf = (server: FrescoServer) => {
  const authorization = `Bearer ${server.adminToken}`
  const board = async () => {
    const answer = await fetch(`${server.url}/api/admin/canvases`, { headers: { authorization } })
    const { canvases } = (await answer.json()) as { canvases: AdminCanvas[] }
    const found = canvases.find(({ id }) => id === 'winter')
    if (!found) throw new Error('There is no board "winter".')
    return found
  }
  const save = async (schedule: readonly object[]) => {
    const answer = await fetch(`${server.url}/api/admin/canvases/winter`, {
      method: 'PATCH',
      headers: { authorization, 'content-type': 'application/json', 'if-match': String((await board()).rev) },
      body: JSON.stringify({ schedule }),
    })
    expect(answer.status, await answer.text()).toBe(200)
  }
  const inMs = (ms: number) => new Date(Date.now() + ms).toISOString()
  return {
    board,
    plan: () => save(event.map((step, index) => ({ ...step, at: inMs((index + 1) * hourMs) }))),
    async runNext(type: StepAction['type']) {
      const [next, ...others] = (await board()).schedule
      expect(next?.type).toBe(type)
      await save([{ ...next, at: inMs(1_000) }, ...others])
      await expect.poll(async () => (await board()).finishedSteps[0], { timeout: 20_000 }).toMatchObject({ type, error: null })
    },
  }
}

const paint = async (tab: Tab, color: number, gx: number, gy: number) => {
  await tab.chooseColor(color)
  await tab.click(gx, gy)
  await expect.poll(() => tab.pending()).toBe(0)
}

const colorAt = async (tab: Tab, tile: number, position: number) => (await tab.bytes(tile))?.charCodeAt(position)

test('E1 E2 E3 B2 an event runs from its countdown to its end, and a painter follows it without a reload', async ({
  server,
  page,
  openTab,
}) => {
  test.setTimeout(240_000)
  await makeBoard(page, server)
  const schedule = scheduleOf(server)
  await schedule.plan()
  await expect(page.getByTestId('schedule-step')).toHaveCount(event.length)

  const painter = await openTab({ path: '/c/winter#x=64&y=64&z=4' })
  let loads = 0
  painter.page.on('load', () => loads++)
  const state = painter.page.getByTestId('board-state')
  await expect(state).toContainText(/^Opens (today|tomorrow) at \d\d:\d\d/)
  await expect(painter.page.getByTestId('opens-in')).toContainText(/^5\d:\d\d$/)
  await painter.click(5, 5)
  expect(await painter.pending()).toBe(0)

  await schedule.runNext('open')
  await expect(state).toHaveCount(0)
  await paint(painter, red, 5, 5)

  await schedule.runNext('pace')
  await expect(painter.page.getByTestId('charges')).toContainText('of 20')

  await schedule.runNext('grow')
  await expect.poll(() => painter.bytes(1)).not.toBeNull()
  await paint(painter, red, 100, 10)
  await schedule.runNext('grow')
  await expect.poll(() => painter.bytes(257)).not.toBeNull()
  await paint(painter, red, 100, 100)

  await schedule.runNext('colors')
  await paint(painter, night, 101, 100)

  await schedule.runNext('announce')
  const announcement = painter.page.getByTestId('announcement-card')
  await expect(announcement).toContainText('The finale begins.')
  await announcement.getByRole('button').click()
  await expect(announcement).toHaveCount(0)

  await schedule.runNext('finale')
  await expect(painter.page.locator(`[data-color="${red}"]:visible`)).toBeDisabled()
  await paint(painter, white, 5, 5)

  await schedule.runNext('close')
  await expect(state).toHaveAttribute('data-state', 'closed')
  expect(await colorAt(painter, 0, 5 * 64 + 5)).toBe(white)
  expect(await colorAt(painter, 1, 10 * 64 + 36)).toBe(red)
  expect([await colorAt(painter, 257, 36 * 64 + 36), await colorAt(painter, 257, 36 * 64 + 37)]).toEqual([red, night])
  for (const tile of [0, 1, 256, 257]) {
    const answer = await fetch(`${server.url}/api/canvases/winter/tiles/${tile}/board`, { headers: { 'cache-control': 'no-cache' } })
    expect(await painter.bytes(tile)).toBe(asString(new Uint8Array(await answer.arrayBuffer())))
  }
  expect((await schedule.board()).finishedSteps.map(({ type }) => type)).toEqual(event.map(({ type }) => type).reverse())
  await expect(page.getByTestId('board-form').getByText('8 steps have run')).toBeVisible()
  expect(loads).toBe(0)
  expect(painter.pageErrors).toEqual([])
})

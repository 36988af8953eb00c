/** S2: the title, sounds and notifications tell that charges are back. One tab speaks for all. */
import type { BrowserContext, Page } from '@playwright/test'
import { expect, type Tab, test } from './support/fixtures.ts'

const tag = { tag: '@embedded' }
test.use({ serverEnv: { COOLDOWN_MS: '2500', MAX_CHARGES: '2', START_CHARGES: '2' } })

interface Recorded {
  readonly shown: { title: string; body: string }[]
  asked: number
  tones: number
}

/** Replaces the parts of the browser that a test cannot look at. */
const recorded = (page: Page, { permission, isHidden = false }: { permission: string; isHidden?: boolean }) =>
  page.addInitScript(
    (options) => {
      const calls: Recorded = { shown: [], asked: 0, tones: 0 }
      Object.assign(globalThis, { calls })
      class Recorder {
        static permission = options.permission
        static requestPermission() {
          calls.asked++
          if (Recorder.permission === 'default') Recorder.permission = 'granted'
          return Promise.resolve(Recorder.permission)
        }
        constructor(title: string, { body = '' }: NotificationOptions = {}) {
          calls.shown.push({ title, body })
        }
      }
      Object.assign(globalThis, { Notification: Recorder })
      const start = OscillatorNode.prototype.start
      OscillatorNode.prototype.start = function (...at) {
        calls.tones++
        return start.apply(this, at)
      }
      if (options.isHidden) Object.defineProperty(document, 'hidden', { get: () => true })
    },
    { permission, isHidden },
  )

const callsOf = (page: Page) => page.evaluate(() => (globalThis as unknown as { calls: Recorded }).calls)
const paintAll = async (tab: Tab) => {
  await tab.chooseColor(5)
  for (const x of [50, 60]) await tab.click(x, 60)
}

test('S2: the title shows the charges, and sounds and notifications are off by default', tag, async ({ openTab }) => {
  const tab = await openTab({ prepare: (page) => recorded(page, { permission: 'granted', isHidden: true }) })
  const { page } = tab
  await expect(page).toHaveTitle('(2/2) Main · Fresco')
  await paintAll(tab)
  await expect(page).toHaveTitle('(0/2) Main · Fresco')
  await expect(page).toHaveTitle('(2/2) Main · Fresco')
  expect(await callsOf(page)).toEqual({ shown: [], asked: 0, tones: 0 })
  await page.keyboard.press(',')
  await page.getByTestId('setting-title').click()
  await expect(page).toHaveTitle('Main · Fresco')
  await page.getByTestId('setting-sound').click()
  await expect.poll(async () => (await callsOf(page)).tones).toBe(2)
  expect(tab.pageErrors).toEqual([])
})

test('S2: the switch asks for permission, and of three tabs one notifies', tag, async ({ browser, openTab, server }) => {
  const tab = await openTab({ prepare: (page) => recorded(page, { permission: 'default', isHidden: true }) })
  const context: BrowserContext = tab.page.context()
  const others = [await context.newPage(), await context.newPage()]
  for (const other of others) {
    await recorded(other, { permission: 'granted', isHidden: true })
    await other.goto(server.url)
    await expect(other.getByTestId('connection')).toHaveAttribute('data-state', 'live')
  }
  expect((await callsOf(tab.page)).asked).toBe(0)
  await tab.page.keyboard.press(',')
  await tab.page.getByTestId('setting-notify').click()
  await expect(tab.page.getByTestId('setting-notify')).toBeChecked()
  expect((await callsOf(tab.page)).asked).toBe(1)
  await tab.page.keyboard.press('Escape')
  await paintAll(tab)
  const shown = async () => (await Promise.all([tab.page, ...others].map(callsOf))).flatMap((calls) => calls.shown)
  await expect.poll(shown).toEqual([{ title: 'All pixels are there', body: 'Main' }])
  await expect(tab.page).toHaveTitle('(2/2) Main · Fresco')
  // The next round proves that the tabs that were silent did not only wait.
  await paintAll(tab)
  await expect.poll(shown).toHaveLength(2)
  expect(browser.isConnected()).toBe(true)
})

test('S2: a tab that the painter looks at plays the sound and notifies nobody', tag, async ({ openTab }) => {
  const tab = await openTab({
    prepare: async (page) => {
      await recorded(page, { permission: 'granted' })
      await page.addInitScript(() => {
        for (const name of ['sound', 'notify']) localStorage.setItem(`fresco.${name}`, 'true')
        localStorage.setItem('fresco.ready', '"next"')
      })
    },
  })
  await paintAll(tab)
  await expect.poll(async () => (await callsOf(tab.page)).tones).toBe(2)
  expect((await callsOf(tab.page)).shown).toEqual([])
})

for (const [name, remove, reason] of [
  ['plain http', 'Object.defineProperty(globalThis, "isSecureContext", { value: false })', 'with https only'],
  ['a browser without notifications', 'delete globalThis.Notification', 'has no notifications'],
  [
    'a browser that blocks them',
    'Object.defineProperty(Notification, "permission", { get: () => "denied" })',
    'blocked. Allow them in the settings',
  ],
] as const) {
  test(`S2: with ${name} the switch says why, and sound and title remain`, tag, async ({ openTab }) => {
    const { page } = await openTab({ prepare: (opened) => opened.addInitScript(remove) })
    await page.keyboard.press(',')
    await expect(page.getByTestId('setting-notify')).toBeDisabled()
    await expect(page.getByTestId('settings')).toContainText(reason)
    await expect(page.getByTestId('setting-sound')).toBeEnabled()
  })
}

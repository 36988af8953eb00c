/** A host changes a board on the operations page while people paint. */
import { openBoards, patch, stored } from './support/boards.ts'
import { expect, test } from './support/fixtures.ts'

test.describe('while a painter paints', () => {
  test.use({ serverEnv: { COOLDOWN_MS: '60000', MAX_CHARGES: '3', START_CHARGES: '3' } })

  test('B2 a saved title, cooldown and state reach the painter at once', async ({ server, page, openTab }) => {
    const painter = await openTab()
    await painter.chooseColor(3)
    await painter.click(10, 10)
    await expect.poll(() => painter.pending()).toBe(0)
    await expect(painter.page.getByTestId('charges')).toContainText('2')

    await openBoards(page, server)
    await expect(page.getByRole('row', { name: /Main/ })).toContainText('200 × 120')
    await expect(page.getByText('1 person is here.')).toBeVisible()
    await page.getByLabel('Title').fill('Finale')
    await page.getByLabel('One pixel every').fill('0')
    await expect(page.getByTestId('unsaved')).toHaveText('2 changes are not saved: Title, One pixel every')
    await page.getByTestId('save').click()
    await expect(page.getByTestId('saved')).toHaveText('Saved. Everybody has the new settings.')
    await expect(page.getByRole('row', { name: /Finale/ })).toBeVisible()
    await expect(painter.page.getByRole('heading', { level: 1 })).toHaveAttribute('title', 'Finale')
    await expect(painter.page.getByText('Paint freely')).toBeVisible()
    for (let gx = 20; gx < 25; gx++) await painter.click(gx, 10)
    await expect.poll(() => painter.pending()).toBe(0)

    await page.getByRole('radio', { name: 'Paused' }).click()
    await expect(page.getByTestId('saved')).toHaveText('')
    await page.getByTestId('save').click()
    await expect(page.getByRole('heading', { name: 'No board is open' })).toBeVisible()
    await expect(painter.page.getByTestId('board-state')).toContainText('Paused')

    await page.getByRole('radio', { name: 'Open' }).click()
    await page.getByTestId('save').click()
    await expect(painter.page.getByTestId('board-state')).toHaveCount(0)
    await painter.click(30, 10)
    await expect.poll(() => painter.pending()).toBe(0)
    expect(painter.pageErrors).toEqual([])
  })
})

test.describe('while a painter saves up charges', () => {
  test.use({ serverEnv: { COOLDOWN_MS: '1000', MAX_CHARGES: '10', START_CHARGES: '2' } })

  test('B2 the charges in the dock are those of the new rules within two seconds', { tag: '@embedded' }, async ({ server, openTab }) => {
    const painter = await openTab()
    const charges = painter.page.getByTestId('charges')
    await painter.chooseColor(3)
    for (const gx of [10, 11]) await painter.click(gx, 10)
    await expect.poll(() => painter.pending()).toBe(0)
    await expect(charges).toContainText(/([2-9]|10) of 10/)
    // From here on the page knows how many charges there are, and no longer since when they grow.
    await painter.page.reload()
    await painter.isConnected('live')
    await expect(charges).toContainText(/([2-9]|10) of 10/)
    // The few seconds since the last pixel are no charge of a minute.
    expect((await patch(server, 1, { cooldownMs: 60_000 })).status).toBe(200)
    await expect(charges.getByText('0 of 10 pixels', { exact: true })).toBeVisible({ timeout: 2_000 })
    expect((await patch(server, 2, { cooldownMs: 1_000, maxCharges: 3 })).status).toBe(200)
    await expect(charges).toContainText(/[123] of 3/, { timeout: 2_000 })
    await expect(charges).toContainText('3 of 3')
    for (const gx of [12, 13, 14]) await painter.click(gx, 10)
    await expect.poll(() => painter.pending()).toBe(0)
    await expect(painter.page.getByTestId('notice')).toHaveCount(0)
  })
})

test('B3 the form keeps what was typed when somebody else was faster, and saves over the newer board', { tag: '@embedded' }, async ({
  server,
  page,
}) => {
  await openBoards(page, server)
  await page.getByLabel('Title').fill('Mine')
  expect((await patch(server, 1, { title: 'Theirs', maxCharges: 77 })).status).toBe(200)
  await expect(page.getByRole('row', { name: /Theirs/ })).toBeVisible()
  await expect(page.getByLabel('Title')).toHaveValue('Mine')
  await page.getByTestId('save').click()
  const meanwhile = page.getByTestId('meanwhile')
  await expect(meanwhile).toContainText('Title: “Main” became “Theirs”')
  await expect(meanwhile).toContainText('became 77')
  await expect(page.getByLabel('Title')).toHaveValue('Mine')
  await expect(page.getByLabel('Saves up at most')).toHaveValue('77')
  await page.getByRole('button', { name: 'Save anyway' }).click()
  await expect(page.getByTestId('saved')).not.toHaveText('')
  await expect(meanwhile).toHaveCount(0)
  expect(await (await fetch(`${server.url}/api/canvases/main`)).json()).toMatchObject({ title: 'Mine', maxCharges: 77, rev: 3 })
})

test('B2 every setting of a board is saved from the form', async ({ server, page }) => {
  await openBoards(page, server)
  await page.getByRole('radio', { name: 'By link' }).click()
  await page.getByRole('button', { name: 'Grow…' }).click()
  await page.getByRole('textbox', { name: 'Width' }).fill('300')
  await page.getByLabel('Undo within').fill('20')
  await page.getByLabel('Saves up at most').press('ArrowUp')
  await page.getByLabel('Rules for painters').fill('# Rules\n- Be kind.')
  await page.getByRole('switch', { name: 'Assisted painting' }).click()
  await page.getByLabel('Shared templates').selectOption('Only staff')
  await page.getByRole('button', { name: 'burgundy, #6D001A' }).click()
  await page.getByLabel('Name').fill('wine')
  await page.getByRole('button', { name: 'Add a colour' }).click()
  await page.getByRole('textbox', { name: 'Colour', exact: true }).fill('#ff6f92')
  await page.getByLabel('Name').fill('coral')
  await page.getByLabel('Name').press('Enter')
  await expect(page.getByTestId('palette-editor').getByRole('button', { name: 'coral, #FF6F92' })).toBeVisible()
  await page.getByLabel('Colours to paint with').selectOption('Only coral')
  await page.getByRole('button', { name: 'Add an area' }).click()
  const area = page.getByRole('listitem', { name: 'Area 1' })
  for (const [side, value] of [
    ['Left', '10'],
    ['Top', '20'],
    ['Width', '30'],
    ['Height', '40'],
  ] as const)
    await area.getByLabel(side).fill(value)
  await page.getByTestId('save').click()
  await expect(page.getByTestId('saved')).toHaveText('Saved. Everybody has the new settings.')
  const board = await stored(server)
  expect(board).toMatchObject({
    visibility: 'link',
    width: 300,
    height: 120,
    undoMs: 20_000,
    maxCharges: 11,
    rules: '# Rules\n- Be kind.',
    assist: false,
    templates: 'staff',
    onlyColor: 32,
    protectedAreas: [{ gx: 10, gy: 20, width: 30, height: 40 }],
    rev: 2,
  })
  expect([board?.palette[32], board?.colorNames[32], board?.colorNames[0]]).toEqual(['#FF6F92', 'coral', 'wine'])
})

test('without boards the page invites to make one', { tag: '@embedded' }, async ({ server, page }) => {
  await page.route('**/api/admin/canvases', (route) => route.fulfill({ json: { canvases: [] } }))
  await page.goto(`${server.url}/admin/boards`)
  await page.getByLabel('Admin token').fill(server.adminToken)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByTestId('no-boards').getByRole('button', { name: 'New board' }).click()
  await expect(page.getByTestId('new-board')).toBeVisible()
})

test('a list that cannot be loaded says so, and a press on the button tries again', { tag: '@embedded' }, async ({ server, page }) => {
  let isDown = true
  await page.route('**/api/admin/canvases', (route) => (isDown ? route.abort() : route.continue()))
  await page.goto(`${server.url}/admin/boards`)
  await page.getByLabel('Admin token').fill(server.adminToken)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { name: 'The boards could not be loaded' })).toBeVisible()
  await expect(page.locator('p[role=alert]')).toContainText('Painting is not affected.')
  isDown = false
  await page.getByRole('button', { name: 'Try now' }).click()
  await expect(page.getByTestId('board-form')).toBeVisible()
})

test('a wrong field says what is wrong and gets the focus, and nothing is sent', { tag: '@embedded' }, async ({ server, page }) => {
  await openBoards(page, server)
  await page.getByLabel('Starts with').fill('10001')
  await page.getByTestId('save').click()
  const field = page.getByLabel('Starts with')
  await expect(field).toBeFocused()
  await expect(field).toHaveAccessibleDescription('Use a whole number from 0 to the most that a painter saves up.')
  await expect(field).toHaveAttribute('aria-invalid', 'true')
  await page.getByTestId('discard').click()
  await expect(field).toHaveAttribute('aria-invalid', 'false')
  await expect(page.getByTestId('save')).toBeDisabled()
})

test('the tabs have addresses of their own, and a switch keeps what was typed', { tag: '@embedded' }, async ({ server, page }) => {
  await openBoards(page, server)
  await page.getByLabel('Title').fill('Not yet saved')
  await page.getByTestId('announcement-composer').getByLabel('Text').fill('Not yet sent')
  await page.getByRole('link', { name: 'Delivery' }).press('Enter')
  await expect(page).toHaveURL(`${server.url}/admin`)
  await expect(page.getByRole('heading', { name: 'Every pixel is delivered' })).toBeVisible()
  await page.goBack()
  await expect(page).toHaveURL(`${server.url}/admin/boards`)
  await expect(page.getByRole('link', { name: 'Boards' })).toHaveAttribute('aria-current', 'page')
  await expect(page.getByLabel('Title')).toHaveValue('Not yet saved')
  await expect(page.getByTestId('announcement-composer').getByLabel('Text')).toHaveValue('Not yet sent')
})

test('a server that does not answer is named, and the form keeps what was typed', { tag: '@embedded' }, async ({ server, page }) => {
  await openBoards(page, server)
  await page.getByLabel('Title').fill('Finale')
  await server.end('SIGKILL')
  await expect(page.getByRole('heading', { name: 'No news from the server' })).toBeVisible({ timeout: 15_000 })
  await page.getByTestId('save').click()
  await expect(page.getByTestId('refused')).toContainText('The server did not answer.')
  await server.boot()
  await expect(page.getByRole('heading', { name: '1 board is open' })).toBeVisible({ timeout: 30_000 })
  await expect(page.getByLabel('Title')).toHaveValue('Finale')
  await page.getByTestId('save').click()
  await expect(page.getByTestId('saved')).not.toHaveText('')
})

test.describe('on a phone', () => {
  test.use({ viewport: { width: 320, height: 568 }, hasTouch: true, isMobile: true })

  test('the boards fit, and a board is saved by touch', { tag: '@embedded' }, async ({ server, page }) => {
    await openBoards(page, server)
    await page.getByLabel('Title').fill('W'.repeat(80))
    await page.getByRole('radio', { name: 'Paused' }).tap()
    await page.getByTestId('save').tap()
    await expect(page.getByTestId('saved')).not.toHaveText('')
    await expect(page.getByTestId('boards').locator('[data-state=paused]')).toBeVisible()
    const rightOf = (selector: string) => page.locator(selector).evaluate((element) => element.getBoundingClientRect().right)
    const right = await rightOf('header >> nth=0')
    expect([await rightOf('[data-testid=boards]'), await rightOf('[data-testid=board-form]')]).toEqual([right, right])
    const table = page.getByRole('region', { name: 'Boards', exact: true })
    expect(await table.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0)
  })
})

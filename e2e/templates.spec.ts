/** Templates from files and links: imported, placed, moved, and kept by the browser. */
import { join } from 'node:path'
import { expectAccessible } from './support/axe.ts'
import { expect, type Tab, test } from './support/fixtures.ts'

const tag = { tag: '@embedded' }
const palette = 'FFFFFF E4E4E4 888888 222222 FFA7D1 E50000 E59500 A06A42 E5D900 94E044 02BE01 00D3DD 0083C7 0000EA CF6EE4 820080'
test.use({
  serverEnv: {
    CANVAS_WIDTH: '500',
    CANVAS_HEIGHT: '500',
    CANVAS_PALETTE: palette
      .split(' ')
      .map((hex) => `#${hex}`)
      .join(','),
  },
})

const sample = (name: string) => join(import.meta.dirname, '../lib/templates/samples', name)
const panelOf = ({ page }: Tab) => page.getByRole('dialog', { name: 'Templates' })

const openPanel = async (tab: Tab) => {
  await tab.page.keyboard.press('Shift+T')
  await expect(panelOf(tab).getByRole('button', { name: 'Choose a picture' })).toBeVisible()
}
const chooseFile = (tab: Tab, name: string) => panelOf(tab).getByTestId('template-file').first().setInputFiles(sample(name))
const place = async ({ page }: Tab) => {
  await page.getByTestId('placing-dock').getByRole('button', { name: 'Place' }).click()
  await expect(page.getByTestId('placing')).toHaveCount(0)
}

test(
  'T1 T15: a picture is chosen, named, moved by drag, arrows and numbers, placed, and there after a reload',
  tag,
  async ({ openTab }) => {
    const tab = await openTab({ path: '/#x=100&y=100&z=6' })
    const { page } = tab
    await openPanel(tab)
    await chooseFile(tab, 'plain.png')
    await expect(page.getByTestId('template-size')).toHaveText('50 × 40 · 1,690 pixels to paint')
    const [x, y] = [page.getByTestId('placing-x'), page.getByTestId('placing-y')]
    await expect(x).toHaveValue('75')
    await expect(y).toHaveValue('80')
    await page.getByLabel('Name', { exact: true }).fill('A garden')
    const start = await tab.pointOf(90, 90)
    await page.mouse.move(start.x, start.y)
    await page.mouse.down()
    await page.mouse.move(start.x + 60, start.y - 30, { steps: 4 })
    await page.mouse.up()
    await expect(x).toHaveValue('85')
    await expect(y).toHaveValue('75')
    await page.getByTestId('board').focus()
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('Shift+ArrowDown')
    await expect(x).toHaveValue('84')
    await expect(y).toHaveValue('85')
    await x.fill('-20')
    await expect(y).toHaveValue('85')
    await page.getByTestId('board').focus()
    await page.keyboard.press('Enter')
    await expect(page.getByTestId('placing')).toHaveCount(0)
    await expect(panelOf(tab).getByTestId('template-position')).toHaveText('-20, 85')
    expect(await tab.pending()).toBe(0)
    await page.reload()
    await tab.isConnected('live')
    await page.keyboard.press('Shift+T')
    await expect(panelOf(tab).getByTestId('template-row')).toContainText('A garden')
    await expect(panelOf(tab).getByTestId('template-position')).toHaveText('-20, 85')
    await panelOf(tab).getByRole('button', { name: 'Move', exact: true }).click()
    await page.keyboard.press('Escape')
    await expect(page.getByTestId('placing')).toHaveCount(0)
    expect(tab.pageErrors).toEqual([])
  },
)

test('T6: each kind of file is imported, and a wrong one says what is wrong', tag, async ({ openTab }) => {
  const tab = await openTab({ path: '/#x=250&y=250&z=4' })
  const { page } = tab
  await openPanel(tab)
  const cases = [
    ['dots-3.png', '50 × 40 · 1,690 pixels to paint'],
    ['symbols-7.png', '50 × 40 · 1,690 pixels to paint'],
    ['plain.webp', '50 × 40 · 1,690 pixels to paint'],
    ['photo.jpg', '50 × 40 · 2,000 pixels to paint'],
    ['blue-marble-v1.json', '50 × 40 · 1,690 pixels to paint'],
    ['blue-marble-v2.json', '50 × 40 · 1,690 pixels to paint'],
    ['a-garden.wplace', '50 × 40 · 1,690 pixels to paint'],
  ] as const
  for (const [file, size] of cases) {
    await chooseFile(tab, file)
    await expect(page.getByTestId('template-size'), file).toHaveText(size)
    await page.keyboard.press('Escape')
    await expect(page.getByTestId('new-template')).toHaveCount(0)
  }
  await chooseFile(tab, 'expected.json')
  await expect(page.getByTestId('template-problem')).toHaveAttribute('data-code', 'no_template')
  await chooseFile(tab, 'osuplace.json')
  await expect(page.getByTestId('template-asking')).toContainText('https://example.org/plain.png')
  await chooseFile(tab, 'plain.png')
  await expect(page.getByTestId('placing-x')).toHaveValue('283')
  await expect(page.getByTestId('placing-y')).toHaveValue('442')
  await place(tab)
  await expect(panelOf(tab).getByTestId('template-row')).toContainText('A garden')
  expect(tab.pageErrors).toEqual([])
})

test('T3 T5: solid squares are reduced when asked, and foreign colors can be replaced or left out', tag, async ({ openTab }) => {
  const tab = await openTab({ path: '/#x=250&y=250&z=2' })
  const { page } = tab
  await openPanel(tab)
  await chooseFile(tab, 'enlarged-4-cut.png')
  await expect(page.getByTestId('template-scale')).toContainText('Drawn 4 times as large?')
  await page.getByRole('button', { name: 'Reduce it' }).click()
  await expect(page.getByTestId('template-size')).toHaveText('50 × 40 · 1,690 pixels to paint')
  await page.keyboard.press('Escape')
  await chooseFile(tab, 'nine-foreign-colours.png')
  const colors = page.getByTestId('foreign-colors')
  await expect(colors).toContainText('9 colours are not on this board')
  await colors.getByLabel('Instead of #5A0A5A').selectOption({ label: 'Leave out' })
  await expect(page.getByTestId('template-size')).toHaveText('50 × 40 · 1,684 pixels to paint')
  await expectAccessible(page)
  await page.getByLabel('Mix colours').click()
  await expect(page.getByTestId('template-size')).toHaveText('50 × 40 · 1,684 pixels to paint')
  await place(tab)
  await expect(panelOf(tab).getByTestId('template-row')).toContainText('nine-foreign-colours')
  await expectAccessible(page)
})

test('T1 T6: a picture is dropped, a link is pasted, and a deleted template comes back', tag, async ({ openTab }) => {
  const tab = await openTab({ path: '/#x=250&y=250&z=4' })
  const { page } = tab
  const data = await page.evaluateHandle(() => {
    const transfer = new DataTransfer()
    transfer.items.add(new File(['{"templates": ['], 'half.json'))
    return transfer
  })
  await page.getByTestId('board').dispatchEvent('drop', { dataTransfer: data })
  await expect(page.getByTestId('template-problem')).toContainText('half.json is no template')
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.evaluate(() => {
    const clipboardData = new DataTransfer()
    const picture =
      'iVBORw0KGgoAAAANSUhEUgAAAAYAAAAGCAYAAADgzO9IAAAAQUlEQVR4nG3MsQ2AMBAEwXmLLsi%2BD6p3H5dRhwlILMSGt9qr7l42ZgLGTCSpXV7dBnwrvGLnpODYxyR1syTq7wYeJeISrVPzV1gAAAAASUVORK5CYII%3D'
    clipboardData.setData(
      'text/plain',
      `https://pxls.example/#template=data%3Aimage%2Fpng%3Bbase64%2C${picture}&ox=11&oy=12&tw=6&title=Small`,
    )
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  })
  await expect(page.getByTestId('placing-x')).toHaveValue('11')
  await place(tab)
  const panel = panelOf(tab)
  await expect(panel.getByTestId('template-position')).toHaveText('11, 12')
  const download = page.waitForEvent('download')
  await panel.getByRole('button', { name: 'Save as PNG' }).click()
  expect((await download).suggestedFilename()).toBe('Small.png')
  await panel.getByRole('button', { name: 'Delete Small' }).click()
  await expect(panel.getByTestId('template-row')).toHaveCount(0)
  await panel.getByRole('button', { name: 'Bring it back' }).click()
  await expect(panel.getByTestId('template-row')).toHaveText(/Small/)
  // As on plain HTTP.
  await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }))
  await panel.getByRole('button', { name: 'Copy a link with the picture' }).click()
  const link = await panel.getByTestId('link-field').inputValue()
  const other = await openTab({ path: link.slice(new URL(link).origin.length) })
  await expect(other.page.getByTestId('placing-x')).toHaveValue('11')
  await panel.getByRole('button', { name: 'From a part of this board' }).click()
  await panel.getByRole('button', { name: 'Make a template' }).click()
  await expect(panel.getByTestId('template-row')).toHaveCount(2)
  expect(tab.pageErrors).toEqual([])
})

test('T19: on a phone a template is placed with the finger, and the card is a strip meanwhile', tag, async ({ openTab }) => {
  const tab = await openTab({
    path: '/#x=100&y=100&z=4',
    context: { viewport: { width: 320, height: 568 }, hasTouch: true, isMobile: true },
  })
  const { page } = tab
  await page.evaluate(() =>
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'T', code: 'KeyT', shiftKey: true, bubbles: true })),
  )
  await chooseFile(tab, 'plain.png')
  await expect(page.getByTestId('placing-dock')).toBeVisible()
  const [strip, dock] = [await panelOf(tab).boundingBox(), await page.getByTestId('dock').boundingBox()]
  expect(strip?.height).toBeLessThan(60)
  expect((dock?.x ?? 0) + (dock?.width ?? 999)).toBeLessThanOrEqual(320)
  await page.getByRole('button', { name: 'One to the right' }).tap()
  await expect(page.getByTestId('placing-x')).toHaveValue('76')
  const y = Number(await page.getByTestId('placing-y').inputValue())
  expect(y).toBeLessThan(80)
  await page.getByTestId('placing-dock').getByRole('button', { name: 'Place' }).tap()
  await expect(page.getByTestId('placing')).toHaveCount(0)
  await panelOf(tab).getByRole('button', { name: 'Show all of this' }).tap()
  await expect(panelOf(tab).getByTestId('template-position')).toHaveText(`76, ${y}`)
  expect(tab.pageErrors).toEqual([])
})

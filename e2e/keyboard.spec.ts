/** Shortcuts on international keyboards, and together with browsers, input methods and extensions. */
import { expect, test } from './support/fixtures.ts'

const tag = { tag: '@embedded' }

test(
  'AltGr and Option type the brackets that step through the palette, and other combinations are left alone',
  tag,
  async ({ openTab }) => {
    const tab = await openTab()
    const chosen = () => tab.page.locator('[role=radio][aria-checked=true]').getAttribute('data-color').then(Number)
    /** Returns whether the page has handled the key. */
    const press = (init: Omit<KeyboardEventInit, 'view'>) =>
      tab.page.getByTestId('board').evaluate((board, keys) => {
        return !board.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...keys }))
      }, init)
    await tab.page.keyboard.press('4')
    expect(await chosen()).toBe(3)
    for (const held of [{ ctrlKey: true, altKey: true, modifierAltGraph: true }, { altKey: true }, { modifierAltGraph: true }]) {
      const before = await chosen()
      expect(await press({ key: ']', code: 'Digit9', ...held })).toBe(true)
      await expect.poll(chosen).toBe(before + 1)
    }
    const before = await chosen()
    for (const init of [
      { key: '@', code: 'KeyQ', ctrlKey: true, altKey: true, modifierAltGraph: true },
      { key: 'g', code: 'KeyG', modifierAltGraph: true },
      { key: '2', code: 'Digit2', altKey: true },
      { key: '2', code: 'Digit2', modifierAltGraph: true },
      { key: '+', code: 'Equal', ctrlKey: true },
      { key: '[', code: 'BracketLeft', metaKey: true },
      { key: 'Enter', code: 'Enter', altKey: true },
      { key: 'ArrowLeft', code: 'ArrowLeft', altKey: true },
      { key: 'Dead', code: 'BracketRight' },
      { key: '5', code: 'Digit5', isComposing: true },
      { key: 'Process', code: 'KeyG' },
    ])
      expect(await press(init), JSON.stringify(init)).toBe(false)
    expect(await chosen()).toBe(before)
    await expect(tab.page.getByRole('button', { name: 'Grid' })).toHaveAttribute('aria-pressed', 'false')
    expect(await press({ key: 'п', code: 'KeyG' })).toBe(true)
    await expect(tab.page.getByRole('button', { name: 'Grid' })).toHaveAttribute('aria-pressed', 'true')
  },
)

test('keys that are typed into a field of a browser extension are not shortcuts', tag, async ({ openTab }) => {
  const { page } = await openTab()
  await page.evaluate(() => {
    const root = document.body.appendChild(document.createElement('div')).attachShadow({ mode: 'open' })
    root.appendChild(document.createElement('input')).focus()
  })
  await page.keyboard.type('g?')
  expect(await page.evaluate(() => document.activeElement?.shadowRoot?.querySelector('input')?.value)).toBe('g?')
  await expect(page.getByRole('dialog')).toHaveCount(0)
})

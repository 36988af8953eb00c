/** Checks a page with axe: names, roles, labels, contrast and focus, as far as a program can check them. */
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect } from './fixtures.ts'

/** WCAG 2.2 AA, and the practices that axe recommends. */
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** The contrast of a text is wrong while it fades. Animations without an end are those of what is loading. */
const animationsEnd = (page: Page) =>
  page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter((animation) => animation.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY)
        .map((animation) => animation.finished),
    ),
  )

/**
 * Fails with the rules that the page breaks in the light or the dark theme, and the elements that break them. While a dialog is open, give
 * its selector: the rest of the page is hidden from screen readers then.
 */
export const expectAccessible = async (page: Page, part = 'html') => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await animationsEnd(page)
    const { violations } = await new AxeBuilder({ page }).include(part).withTags(tags).analyze()
    const found = violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`))
    expect(found, `in the ${colorScheme} theme`).toEqual([])
  }
}

/** The files in `public/`. The test of the manifest checks the icons. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../public')

test('crawlers are kept from the operator pages and the API', () => {
  const robots = readFileSync(join(root, 'robots.txt'), 'utf8')
  expect(robots).toContain('Disallow: /admin')
  expect(robots).toContain('Disallow: /api/')
})

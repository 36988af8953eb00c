import { globSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pageRouteOf } from './request-counts.ts'

test('every page of app/ is counted under a route of its own', () => {
  const pages = globSync('**/page.tsx', { cwd: join(import.meta.dirname, '../../app') })
  const paths = pages.map((file) => `/${file.replace(/\/?page\.tsx$/, '')}`)
  expect(paths).toContain('/c/[canvas]')
  for (const path of paths) expect(pageRouteOf(path), path).toBe(path.replace('[canvas]', ':canvas'))
})

import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { createPages } from './pages.ts'

test('A7 pages that nobody has asked for yet do not hold up a stop', async () => {
  const pages = createPages({ dev: false, httpServer: createServer(), hostname: 'localhost', port: 3000 })
  const startMs = performance.now()
  await pages.close()
  expect(performance.now() - startMs).toBeLessThan(1_000)
})

/** What a visitor's browser loads and runs before the board can be painted. */
import { gzipSync } from 'node:zlib'
import { expect, test } from './support/fixtures.ts'

/** A tool's code is loaded when it is opened. Raise this only for what every visitor needs at once. */
const maxScriptKb = 275

test('the scripts of the first load stay below their limit', { tag: '@embedded' }, async ({ server }) => {
  const html = await (await fetch(server.url)).text()
  const scripts = [...html.matchAll(/<script\b[^>]*>/gi)].map(([tag]) => tag).filter((tag) => !/nomodule/i.test(tag))
  const paths = new Set(scripts.flatMap((tag) => /src="([^"]+)"/.exec(tag)?.[1] ?? []))
  expect(paths.size).toBeGreaterThan(3)
  const sizes = await Promise.all(
    [...paths].map(async (path) => {
      const body = Buffer.from(await (await fetch(server.url + path)).arrayBuffer())
      return { path, kb: gzipSync(body).length / 1_000 }
    }),
  )
  const total = sizes.reduce((sum, { kb }) => sum + kb, 0)
  const rows = sizes.sort((a, b) => b.kb - a.kb).map(({ path, kb }) => `${kb.toFixed(1)} kB ${path}`)
  expect(total, rows.join('\n')).toBeLessThanOrEqual(maxScriptKb)
})

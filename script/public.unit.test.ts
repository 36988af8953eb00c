/** The files in `public/`: what the manifest names is there and has the size that it states. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../public')

interface Manifest {
  readonly name: string
  readonly icons: readonly { readonly src: string; readonly sizes: string; readonly type: string }[]
}

/** Width and height of a PNG, from its IHDR chunk (PNG specification, section 11.2.1). */
const sizeOfPng = (bytes: Buffer) => `${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`

test('every icon of the manifest is there, in its size', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'manifest.webmanifest'), 'utf8')) as Manifest
  expect(manifest.name).toBe('Fresco')
  const pngs = manifest.icons.filter(({ type }) => type === 'image/png')
  expect(pngs.map(({ sizes }) => sizes)).toEqual(expect.arrayContaining(['192x192', '512x512']))
  for (const { src, sizes } of pngs) expect(sizeOfPng(readFileSync(join(root, src))), src).toBe(sizes)
  for (const { src } of manifest.icons) expect(readFileSync(join(root, src)).length, src).toBeGreaterThan(100)
})

test('crawlers are kept from the operator pages and the API', () => {
  const robots = readFileSync(join(root, 'robots.txt'), 'utf8')
  expect(robots).toContain('Disallow: /admin')
  expect(robots).toContain('Disallow: /api/')
})

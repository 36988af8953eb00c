import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { asCanvasId } from '../../lib/brand.ts'
import { defaultSite } from '../../lib/site.ts'
import { pageCatalogues } from '../../lib/words/page-catalogues.ts'
import { createPageWords } from '../../lib/words/page-words.ts'
import { manifestOf } from './manifest.ts'

const page = { boards: [], words: createPageWords('en', pageCatalogues.en) }

const root = join(import.meta.dirname, '../../public')

/** Width and height of a PNG, from its IHDR chunk (PNG specification, section 11.2.1). */
const sizeOfPng = (bytes: Buffer) => `${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`

test('every icon of the manifest is there, in its size', () => {
  const { icons } = manifestOf(defaultSite, page)
  const pngs = icons.filter(({ type }) => type === 'image/png')
  expect(pngs.map(({ sizes }) => sizes)).toEqual(expect.arrayContaining(['192x192', '512x512']))
  for (const { src, sizes } of pngs) expect(sizeOfPng(readFileSync(join(root, src))), src).toBe(sizes)
  for (const { src } of icons) expect(readFileSync(join(root, src)).length, src).toBeGreaterThan(100)
})

test('B4 the manifest has the name and the description of the site', () => {
  const names = { name: 'Winter', description: 'A board for the school.' }
  expect(manifestOf(names, page)).toMatchObject({ ...names, short_name: 'Winter', start_url: '/', display: 'standalone' })
  expect(manifestOf(defaultSite, page)).not.toHaveProperty('description')
})

test('S4: the shortcuts are the first three boards of the start page, and the list of boards', () => {
  const boards = ['a', 'b', 'c', 'd'].map((id) => ({ id: asCanvasId(id), title: `Board ${id}` }))
  const { shortcuts } = manifestOf(defaultSite, { ...page, boards })
  expect(shortcuts.map(({ name, url }) => [name, url])).toEqual([
    ['Board a', '/c/a'],
    ['Board b', '/c/b'],
    ['Board c', '/c/c'],
    ['All boards', '/boards'],
  ])
})

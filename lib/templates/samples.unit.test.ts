import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type ColorPlan, countWanted, planColors } from './color-plan.ts'
import { decodeEntry } from './decode-entry.ts'
import { readTemplateFile, readTemplateText } from './read-template-file.ts'
import { noCell, type TemplatePicture } from './template.ts'

const sample = (name: string) => new Uint8Array(readFileSync(join(import.meta.dirname, 'samples', name)))
const expected: { x: number; y: number; width: number; height: number; wanted: number; cells: string[] } = JSON.parse(
  new TextDecoder().decode(sample('expected.json')),
)
/** The colors of r/place 2017, which the samples were drawn for. */
const palette = 'FFFFFF E4E4E4 888888 222222 FFA7D1 E50000 E59500 A06A42 E5D900 94E044 02BE01 00D3DD 0083C7 0000EA CF6EE4 820080'
  .split(' ')
  .map((hex) => `#${hex}`)

const noBitmap = () => Promise.reject(new Error('no bitmaps in Node'))
const plain: ColorPlan = { choices: new Map(), isMixed: false }

const importFile = async (name: string, scale?: number) => {
  const [entry] = readTemplateFile(sample(name))
  if (!entry) throw new Error('no entry')
  const decoded = await decodeEntry({ entry, palette, decodeBitmap: noBitmap, ...(scale ? { scale } : {}) })
  return { entry, decoded, picture: planColors(decoded.picture, plain, palette) }
}

const hexRows = ({ width, height, cells }: TemplatePicture) =>
  Array.from({ length: height }, (_, y) =>
    Array.from(cells.subarray(y * width, (y + 1) * width), (cell) => (cell === noCell ? '------' : palette[cell]?.slice(1))).join(''),
  )

test.each([
  ['plain.png', 1],
  ['dots-3.png', 3],
  ['dots-4.png', 4],
  ['symbols-7.png', 7],
  ['noise-within-2.png', 1],
  ['blue-marble-v1.json', 3],
  ['blue-marble-v2.json', 3],
  ['a-garden.wplace', 1],
])('T6: %s is read', async (name, scale) => {
  const { decoded, picture } = await importFile(name)
  expect(decoded.scale).toBe(scale)
  expect(decoded.picture.foreign).toEqual([])
  expect(countWanted(picture.cells)).toBe(expected.wanted)
  expect(hexRows(picture)).toEqual(expected.cells)
})

test.each(['enlarged-4-solid.png', 'enlarged-4-cut.png'])(
  'T3: the solid squares of %s are offered, and not reduced unasked',
  async (name) => {
    const { decoded } = await importFile(name)
    expect(decoded).toMatchObject({ scale: 1, solidScale: 4 })
    const { decoded: chosen, picture } = await importFile(name, 4)
    expect(chosen).toMatchObject({ scale: 4, solidScale: 4 })
    expect(hexRows(picture)).toEqual(expected.cells)
  },
)

test('T4: nothing is wanted where less than half is opaque', async () => {
  const { picture } = await importFile('alpha-edges.png')
  expect(countWanted(picture.cells)).toBe(876 + 292)
  const differing = hexRows(picture).flatMap((row, y) =>
    (row.match(/.{6}/g) ?? []).filter((cell, x) => cell !== '------' && cell !== expected.cells[y]?.slice(x * 6, x * 6 + 6)),
  )
  expect(differing).toEqual([])
})

test('T5: foreign colors are listed with their cells and the nearest color', async () => {
  const { decoded, picture } = await importFile('nine-foreign-colours.png')
  const nearest = (hex: string) => {
    const color = decoded.picture.foreign.find(({ rgb }) => rgb === Number.parseInt(hex, 16))
    return color && [color.cells, palette[color.nearest]]
  }
  expect(decoded.picture.foreign).toHaveLength(9)
  expect(decoded.picture.foreign.map(({ cells }) => cells)).toEqual([6, 6, 6, 5, 5, 5, 5, 5, 5])
  expect(nearest('5A0A5A')).toEqual([6, '#820080'])
  expect(nearest('FF00FF')).toEqual([6, '#CF6EE4'])
  expect(nearest('404000')).toEqual([5, '#222222'])
  expect(nearest('FA7828')).toEqual([5, '#E59500'])
  const foreign = new Set(decoded.picture.foreign.map(({ number }) => number))
  const others = hexRows(picture).map((row, y) =>
    row.replace(/.{6}/g, (cell, at) => (foreign.has(decoded.picture.pixels[y * 50 + at / 6] ?? 0) ? '??????' : cell)),
  )
  const same = others.map((row, y) =>
    row.replace(/.{6}/g, (cell, at) => (cell === '??????' ? (expected.cells[y]?.slice(at, at + 6) ?? '') : cell)),
  )
  expect(same).toEqual(expected.cells)
})

test.each([
  ['blue-marble-v1.json', { name: 'A garden', at: { x: 3_990, y: 5_020 } }],
  ['blue-marble-v2.json', { name: 'A garden', at: { x: 3_990, y: 5_020 } }],
  ['a-garden.wplace', { name: 'A garden', at: null }],
  ['osuplace.json', { name: 'A garden', at: { x: expected.x, y: expected.y }, frame: { width: 50, height: 40 } }],
])('T6: %s names the template and where it belongs', (name, entry) => {
  expect(readTemplateFile(sample(name))).toMatchObject([entry])
})

test('T6: the picture of an osu!place file is asked for', () => {
  expect(readTemplateFile(sample('osuplace.json'))[0]?.picture).toEqual({ kind: 'address', address: 'https://example.org/plain.png' })
})

test('T6: links of Pxls keep their parameters, also when they are encoded twice', () => {
  const entries = readTemplateFile(sample('pxls-links.txt'))
  expect(entries).toMatchObject([
    { name: 'A garden', at: { x: 283, y: 442 }, columns: 50, picture: { kind: 'address', address: 'https://example.org/dots-3.png' } },
    { name: 'Twice encoded', at: { x: -3, y: 7 }, columns: null, picture: { kind: 'address', address: 'https://example.org/plain.png' } },
    { name: '', at: { x: 1, y: 2 }, columns: 6, picture: { kind: 'parts' } },
  ])
})

test('T6: the picture inside a link is decoded', async () => {
  const link = new TextDecoder().decode(sample('pxls-links.txt')).split('\n')[2] ?? ''
  const [entry] = readTemplateText(link)
  if (!entry) throw new Error('no entry')
  const { picture, scale } = await decodeEntry({ entry, palette, decodeBitmap: noBitmap })
  expect({ width: picture.width, height: picture.height, scale }).toEqual({ width: 6, height: 6, scale: 1 })
})

test('T3: the width that a link names decides the scale', async () => {
  const link = new TextDecoder().decode(sample('pxls-links.txt')).split('\n')[0] ?? ''
  const [entry] = readTemplateText(link)
  if (!entry) throw new Error('no entry')
  const parts = [{ bytes: sample('dots-3.png'), x: 0, y: 0 }]
  const decoded = await decodeEntry({ entry: { ...entry, picture: { kind: 'parts', parts } }, palette, decodeBitmap: noBitmap })
  expect(decoded.scale).toBe(3)
  expect(hexRows(planColors(decoded.picture, plain, palette))).toEqual(expected.cells)
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { copyArea } from './copy-area.ts'
import { decodeEntry } from './decode-entry.ts'
import { encodePicture, pictureLink } from './encode-picture.ts'
import { readTemplateFile, readTemplateText } from './read-template-file.ts'
import { noCell } from './template.ts'

/** 256 colors that differ by more than the tolerance of imports. */
const palette = Array.from(
  { length: 256 },
  (_, i) => `#${[(i >> 5) * 36, ((i >> 2) & 7) * 36, (i & 3) * 85].map((v) => v.toString(16).padStart(2, '0')).join('')}`,
)
const noBitmap = () => Promise.reject(new Error('no bitmaps in Node'))
const decode = async (png: Uint8Array) => {
  const [entry] = readTemplateFile(png)
  if (!entry) throw new Error('no entry')
  return (await decodeEntry({ entry, palette, decodeBitmap: noBitmap, scale: 1 })).picture
}

test('T6: a template that is saved as a PNG is the same when it is imported again', async () => {
  const cell = fc.oneof(fc.nat(255), fc.constant(noCell))
  const pictures = fc
    .record({ width: fc.integer({ min: 1, max: 9 }), height: fc.integer({ min: 1, max: 9 }) })
    .chain((size) =>
      fc
        .array(cell, { minLength: size.width * size.height, maxLength: size.width * size.height })
        .map((cells) => ({ ...size, cells: Uint16Array.from(cells) })),
    )
  const property = fc.asyncProperty(pictures, async (picture) => {
    fc.pre(picture.cells.some((each) => each !== noCell))
    const { width, height, pixels } = await decode(encodePicture(picture, palette))
    expect({ width, height, cells: pixels }).toEqual(picture)
  })
  await fc.assert(property, { numRuns: 50 })
})

test('T6: a template of all 256 colors and transparent cells is saved, too', async () => {
  const picture = { width: 257, height: 1, cells: Uint16Array.from({ length: 257 }, (_, i) => (i === 256 ? noCell : i)) }
  expect((await decode(encodePicture(picture, palette))).pixels).toEqual(picture.cells)
})

test('T6: a link with the picture inside is imported again', async () => {
  const picture = { width: 4, height: 2, cells: Uint16Array.of(1, 2, 3, noCell, 5, 6, 7, 8) }
  const link = pictureLink('https://fresco.example/c/main', { name: 'Æ & 100%', x: -3, y: 7, picture }, palette) ?? ''
  const [entry] = readTemplateText(link)
  expect(entry).toMatchObject({ name: 'Æ & 100%', at: { x: -3, y: 7 }, columns: 4 })
  if (entry) expect((await decodeEntry({ entry, palette, decodeBitmap: noBitmap })).picture.pixels).toEqual(picture.cells)
})

test('T6: a picture that is too large for a link has none', () => {
  const cells = Uint16Array.from({ length: 200 * 200 }, (_, i) => ((i * 2_654_435_761) >>> 9) % 250)
  expect(pictureLink('https://fresco.example/', { name: '', x: 0, y: 0, picture: { width: 200, height: 200, cells } }, palette)).toBeNull()
})

test('T6: a part of the board becomes a template, without what is not loaded', () => {
  const { picture, missing } = copyArea({ gx: 10, gy: 20, width: 3, height: 2 }, ({ gx, gy }) => (gx === 12 ? null : gx + gy))
  expect(missing).toBe(2)
  expect([...picture.cells]).toEqual([30, 31, noCell, 31, 32, noCell])
})

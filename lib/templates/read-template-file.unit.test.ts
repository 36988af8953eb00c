import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bitmapSize } from './bitmap-size.ts'
import { maxFileMiB, readTemplateFile, readTemplateText } from './read-template-file.ts'
import { NoTemplate } from './template-problem.ts'

const problemOf = (read: () => unknown) => {
  try {
    read()
    return null
  } catch (error) {
    return error instanceof NoTemplate ? error.problem : error
  }
}
const bytes = (text: string) => new TextEncoder().encode(text)
const json = (content: unknown) => bytes(JSON.stringify(content))

test.each([
  ['an empty file', new Uint8Array(0), { code: 'unknown_file' }],
  ['a text', bytes('Dear painters'), { code: 'unknown_file' }],
  ['another binary file', Uint8Array.of(0x50, 0x4b, 3, 4, 0xff, 0xfe, 0), { code: 'unknown_file' }],
  ['cut-off JSON', bytes('{"templates": ['), { code: 'damaged_json' }],
  ['JSON that is a list', json([1, 2]), { code: 'no_template' }],
  ['JSON of another program', json({ overlay: true }), { code: 'no_template' }],
  ['Blue Marble without templates', json({ whoami: 'BlueMarble', templates: {} }), { code: 'no_picture' }],
  ['Blue Marble without tiles', json({ templates: { '0 $Z': { name: 'x', tiles: {} } } }), { code: 'no_picture' }],
  [
    'Blue Marble with a wrong place',
    json({ templates: { a: { tiles: { '1,2': 'AAAA' } } } }),
    { code: 'wrong_field', field: 'templates.a.tiles.1,2' },
  ],
  [
    'Blue Marble with a wrong picture',
    json({ templates: { a: { tiles: { '1,2,3,4': '***' } } } }),
    { code: 'wrong_field', field: 'templates.a.tiles.1,2,3,4' },
  ],
  [
    'Blue Marble with tiles that are a list',
    json({ templates: { a: { tiles: [] } } }),
    { code: 'wrong_field', field: 'templates.a.tiles' },
  ],
  ['Wplace without a picture', json({ name: 'x', image: {} }), { code: 'wrong_field', field: 'image.dataUrl' }],
  ['Wplace with a page', json({ image: { dataUrl: 'javascript:alert(1)' } }), { code: 'wrong_field', field: 'image.dataUrl' }],
  [
    'osu!place without a position',
    json({ templates: [{ sources: ['https://a.example/b.png'], x: 1 }] }),
    { code: 'wrong_field', field: 'templates.0.y' },
  ],
  [
    'osu!place with a wrong address',
    json({ templates: [{ sources: ['file:///etc/passwd'], x: 1, y: 2 }] }),
    { code: 'wrong_field', field: 'templates.0.sources' },
  ],
  ['osu!place with nothing', json({ templates: [] }), { code: 'no_picture' }],
  ['a link with a wrong place', bytes('https://p.example/#template=https://a.example/b.png&ox=here'), { code: 'wrong_field', field: 'ox' }],
  ['a link to a script', bytes('https://p.example/#template=javascript%3Aalert(1)'), { code: 'wrong_field', field: 'template' }],
  [
    'a link with a damaged picture',
    bytes('https://p.example/#template=data:image/png;base64,%%%'),
    { code: 'wrong_field', field: 'template' },
  ],
])('T6: %s is told as such', (_, file, problem) => {
  expect(problemOf(() => readTemplateFile(file))).toEqual(problem)
})

test('T6: a file of more than 32 MiB is refused', () => {
  const largest = new Uint8Array(maxFileMiB * 2 ** 20).fill(32)
  expect(problemOf(() => readTemplateFile(largest))).toEqual({ code: 'unknown_file' })
  expect(problemOf(() => readTemplateFile(new Uint8Array(maxFileMiB * 2 ** 20 + 1)))).toEqual({ code: 'file_too_large', maxMiB: 32 })
})

test('T6: several templates of one file are all listed', () => {
  const templates = Array.from({ length: 3 }, (_, i) => ({ name: `t${i}`, sources: ['https://a.example/b.png'], x: i, y: -i }))
  expect(readTemplateFile(json({ templates })).map(({ name, at }) => [name, at?.x])).toEqual([
    ['t0', 0],
    ['t1', 1],
    ['t2', 2],
  ])
})

test('T6: a link may have its parameters in the query, and a title with any characters', () => {
  const [entry] = readTemplateText(
    `https://p.example/?template=https%3A%2F%2Fa.example%2Fb.png&ox=-12&oy=3.7&title=${encodeURIComponent('Æ & 100% 🎨')}`,
  )
  expect(entry).toMatchObject({ name: 'Æ & 100% 🎨', at: { x: -12, y: 3 }, picture: { address: 'https://a.example/b.png' } })
})

test('T6: whatever a file has, reading it ends with templates or with a problem', () => {
  const shape = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map(bytes),
    fc.string().map((text) => bytes(`https://p.example/#template=${text}`)),
    fc.record({ whoami: fc.constant('BlueMarble'), templates: fc.anything() }).map(json),
    fc.record({ templates: fc.array(fc.anything()) }).map(json),
  )
  const property = fc.property(shape, (file) => {
    const problem = problemOf(() => readTemplateFile(file))
    expect(problem === null || typeof (problem as { code?: unknown }).code === 'string').toBe(true)
    expect(problem).not.toBeInstanceOf(Error)
  })
  fc.assert(property, { numRuns: 500 })
})

test('T6: the size of a bitmap is read from its header, and a damaged header is none', () => {
  const webp = Uint8Array.from([...bytes('RIFF....WEBPVP8X'), 10, 0, 0, 0, 0, 0, 0, 0, 49, 0, 0, 39, 0, 0])
  expect(bitmapSize(webp)).toEqual({ width: 50, height: 40 })
  expect(bitmapSize(webp.subarray(0, 25))).toBeNull()
  const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc0, 0, 11, 8, 0, 40, 0, 50)
  expect(bitmapSize(jpeg)).toEqual({ width: 50, height: 40 })
  expect(bitmapSize(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 0, 0xff, 0xe0))).toBeNull()
})

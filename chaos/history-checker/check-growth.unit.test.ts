import { expect, test } from 'vitest'
import { checkGrowth } from './check-growth.ts'
import { Findings } from './findings.ts'
import { canvas, data } from './history.fixture.ts'
import type { Entry } from './history.ts'
import type { RecordedCanvas } from './logs.ts'

const first = canvas as RecordedCanvas
const last: RecordedCanvas = { ...first, width: 12, palette: [...first.palette, '#123456'] }
const grown: Entry = { k: 'grown', w: 0, width: 12, height: 8, colors: 5 }
const frame = (tile: number, ...set: [number, number][]): Entry => ({
  k: 'frame',
  w: 0,
  tile,
  from: 1,
  to: 1,
  data: data(...set),
  did: 'applied',
  before: 0,
})
const commit = (gx: number, color: string): Entry => ({
  k: 'commit',
  w: 0,
  tile: 0,
  seq: 1,
  whole: true,
  pixels: [[gx, 0, color, 'a-0.0']],
  did: 'applied',
  before: 0,
})
const early = (...entries: Entry[]) => {
  const findings = new Findings()
  checkGrowth(() => [first, ...entries], { canvas: last }, findings)
  return findings.counts.early
}

test('C3 pixels that come after the canvas which they need have no findings', () => {
  expect(early(frame(0, [63, 3]), commit(7, '#0000FF'), grown, frame(1, [3, 4]), commit(11, '#123456'))).toBe(0)
})

const wrong: [what: string, entry: Entry][] = [
  ['a packed pixel outside the known size', frame(1, [3, 0])],
  ['a packed pixel in an unknown color', frame(0, [3, 4])],
  ['a JSON pixel outside the known size', commit(11, '#0000FF')],
  ['a JSON pixel in an unknown color', commit(1, '#123456')],
]
test.each(wrong)('C3 finds %s', (_what, entry) => {
  expect(early(entry, grown)).toBe(1)
  expect(early({ ...grown, w: 1 } as Entry, entry)).toBe(1)
})

import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { applyEdit } from './mutation.ts'
import { mutations } from './mutations.ts'

describe('the mutations', () => {
  test.each(mutations)('$name can be made in the present code, and its tests exist', ({ edits, tests }) => {
    const texts = new Map<string, string>()
    for (const edit of edits) {
      const text = texts.get(edit.file) ?? readFileSync(edit.file, 'utf8')
      texts.set(edit.file, applyEdit(text, edit))
    }
    for (const [file, text] of texts) expect(text).not.toBe(readFileSync(file, 'utf8'))
    expect(tests.filter((file) => !existsSync(file))).toEqual([])
    expect(tests.length).toBeGreaterThan(0)
  })

  test('are all different, and cover each invariant', () => {
    expect(new Set(mutations.map(({ name }) => name)).size).toBe(mutations.length)
    expect([...new Set(mutations.map(({ breaks }) => breaks))].sort()).toEqual(['A1', 'A2', 'A3', 'A4', 'A5', 'A6', 'A7'])
  })

  test('an edit whose text is missing or ambiguous is refused', () => {
    const edit = { file: 'x.ts', find: 'a', replace: 'b' }
    expect(applyEdit('xax', edit)).toBe('xbx')
    expect(() => applyEdit('xx', edit)).toThrow('x.ts has 0 places')
    expect(() => applyEdit('aa', edit)).toThrow('x.ts has 2 places')
  })
})

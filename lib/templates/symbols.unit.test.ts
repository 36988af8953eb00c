import { expect, test } from 'vitest'
import { isInSymbol, symbolOf, symbolSide } from './symbols.ts'

test('T7: each of 256 colors has a symbol of its own, which is neither empty nor full', () => {
  const symbols = Array.from({ length: 256 }, (_, color) => symbolOf(color))
  for (const rows of symbols) {
    expect(rows).toHaveLength(symbolSide)
    for (const row of rows) expect(row).toBeLessThan(128)
    expect(rows.some((row) => row > 0)).toBe(true)
    expect(rows.every((row) => row === 127)).toBe(false)
  }
  expect(new Set(symbols.map((rows) => rows.join()))).toHaveProperty('size', 256)
})

test('T7: a symbol is read by column and row', () => {
  // The triangle: its tip is in the middle of the second row.
  expect([isInSymbol(0, 3, 1), isInSymbol(0, 2, 1), isInSymbol(0, -1, 3), isInSymbol(0, 7, 3), isInSymbol(0, 3, 7)]).toEqual([
    true,
    false,
    false,
    false,
    false,
  ])
})

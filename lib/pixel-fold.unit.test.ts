import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asPainterId } from './brand.ts'
import type { CommitKind } from './commit.ts'
import { nobody } from './painter.ts'
import { createPixelFold, foldPixel, type PixelEntry } from './pixel-fold.ts'

const background = 0
const [ann, bob] = [asPainterId('p_ann'), asPainterId('p_bob')]

interface Act {
  readonly kind: 'paint' | 'picture' | 'undo' | 'rollback'
  readonly color: number
  readonly by: number
}
const acts = fc.array(
  fc.record<Act>({
    kind: fc.constantFrom('paint', 'paint', 'undo', 'picture', 'rollback'),
    color: fc.integer({ min: 0, max: 3 }),
    by: fc.integer({ min: 0, max: 2 }),
  }),
  { maxLength: 30 },
)

/** The history of a pixel, oldest first, and the placements that stand by a stack: an undo takes the last one off. */
const play = (played: readonly Act[]) => {
  const entries: PixelEntry[] = []
  const stack: PixelEntry[] = []
  const top = () => ({ color: stack.at(-1)?.color ?? background, by: stack.at(-1)?.by ?? nobody })
  for (const { kind, color, by } of played) {
    const previous = entries.at(-1)?.color ?? background
    const common = { atMs: 1_000 + entries.length, previous, cause: kind as CommitKind, undoesAtMs: null }
    if (kind === 'undo') {
      const undone = stack.pop()
      if (undone) entries.push({ ...common, ...top(), undoesAtMs: undone.atMs })
    } else if (kind === 'rollback') entries.push({ ...common, ...top() })
    else {
      entries.push({ ...common, color, by: asPainterId(`p_${by}`) })
      stack.push(entries.at(-1) as PixelEntry)
    }
  }
  return { newestFirst: entries.toReversed(), stack }
}

const entry = (atMs: number, more: Partial<PixelEntry>): PixelEntry => ({
  ...{ atMs, color: 1, previous: background, by: ann, cause: 'paint', undoesAtMs: null },
  ...more,
})

describe('U4: what stands on a pixel', () => {
  test('U4: is the newest placement that was not undone, after any history', () => {
    fc.assert(
      fc.property(acts, (played) => {
        const { newestFirst, stack } = play(played)
        const last = stack.at(-1)
        const expected = last ? { entry: last, color: last.color, by: last.by } : { entry: null, color: background, by: nobody }
        expect(foldPixel(newestFirst, { background })).toEqual(expected)
        // Undos of an older version do not name what they took back.
        const unnamed = newestFirst.map((each) => ({ ...each, undoesAtMs: null }))
        expect(foldPixel(unnamed, { background })).toMatchObject({ color: expected.color, by: expected.by })
      }),
    )
  })

  test('U4: the retracted entries are all placements that do not stand', () => {
    fc.assert(
      fc.property(acts, (played) => {
        const { newestFirst, stack } = play(played)
        const fold = createPixelFold<PixelEntry>({ background })
        const kept = newestFirst.filter((each) => fold.add(each) === null && each.cause !== 'undo' && each.cause !== 'rollback')
        expect(kept.reverse()).toEqual(stack)
      }),
    )
  })

  test('U4: a placement that was rolled back does not come back when the one above it is undone', () => {
    fc.assert(
      fc.property(acts, fc.integer({ min: 0, max: 2 }), (played, vandal) => {
        const { newestFirst, stack } = play(played)
        const isRolledBack = ({ by }: PixelEntry) => by === asPainterId(`p_${vandal}`)
        const live = stack.filter((each) => !isRolledBack(each))
        const found = foldPixel(newestFirst, { background, isRolledBack })
        expect(found.entry).toEqual(live.at(-1) ?? null)
        const last = live.at(-1)
        if (last) {
          const undone = foldPixel(newestFirst, { background, isRolledBack, undone: [last.atMs] })
          expect(undone.entry).toEqual(live.at(-2) ?? null)
        }
      }),
    )
  })

  test('an undo of a placement that became a dead letter takes back nothing else', () => {
    const history = [entry(3, { cause: 'undo', color: 2, previous: 2, by: bob, undoesAtMs: 2 }), entry(1, { color: 2, by: bob })]
    expect(foldPixel(history, { background })).toMatchObject({ color: 2, by: bob, entry: { atMs: 1 } })
  })

  test('when a part of the history has expired, the color that was there before the known part stands, of nobody', () => {
    const undo = entry(9, { cause: 'undo', color: 3, previous: 2, undoesAtMs: 8 })
    const undone = entry(8, { color: 2, previous: 3 })
    expect(foldPixel([undo, undone], { background })).toEqual({ entry: null, color: 3, by: nobody })
    expect(foldPixel([undo, undone, entry(1, { color: 1 })], { background })).toEqual({ entry: null, color: 3, by: nobody })
    expect(foldPixel([undo, undone, entry(1, { color: 3 })], { background })).toMatchObject({ color: 3, by: ann })
  })

  test('an untouched pixel shows the background, of nobody', () => {
    expect(foldPixel([], { background: 2 })).toEqual({ entry: null, color: 2, by: nobody })
  })
})

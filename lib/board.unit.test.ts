import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyCommit, type Board, emptyBoard, undoCommits } from './board.ts'
import { asEpoch, asPainterId, asPosition, asSeq } from './brand.ts'
import type { CommitPixel } from './commit.ts'

const epoch = asEpoch('epoch001')
const by = asPainterId('p_a')
const board = (): Board => emptyBoard({ epoch, tileSize: 64, background: 3 })

/** Consecutive commits whose pixels have the color that they replace. There are few positions, so that they are often set again. */
const logs = fc
  .array(fc.uniqueArray(fc.tuple(fc.nat(5), fc.nat(7)), { selector: ([position]) => position, maxLength: 6 }), { maxLength: 12 })
  .map((commits) => {
    const colors = new Uint8Array(64 * 64).fill(3)
    return commits.map((pixels, i) => ({
      epoch,
      seq: asSeq(i + 1),
      pixels: pixels.map(([position, color]): CommitPixel => {
        const previous = colors[position] ?? 0
        colors[position] = color
        return { position: asPosition(position), color, previous, by }
      }),
    }))
  })

describe('a board', () => {
  test('starts at seq 0 with the background everywhere', () => {
    const { colors, seq } = board()
    expect(colors).toEqual(new Uint8Array(4_096).fill(3))
    expect(seq).toBe(0)
  })

  test('A4 is the fold of its log', () => {
    fc.assert(
      fc.property(logs, (log) => {
        const folded = board()
        const expected = new Uint8Array(4_096).fill(3)
        for (const commit of log) {
          expect(applyCommit(folded, commit)).toBe('applied')
          for (const { position, color } of commit.pixels) expected[position] = color
        }
        expect(folded).toEqual({ epoch, seq: log.length, colors: expected })
      }),
    )
  })

  test('A3 applies only the next commit, and no other commit changes it', () => {
    fc.assert(
      fc.property(logs, fc.array(fc.nat(11)), (log, order) => {
        const folded = board()
        for (const i of order) {
          const commit = log[i]
          if (!commit) continue
          const before = { seq: folded.seq, colors: folded.colors.slice() }
          const applied = applyCommit(folded, commit)
          expect(applied).toBe(commit.seq <= before.seq ? 'duplicate' : commit.seq === before.seq + 1 ? 'applied' : 'gap')
          if (applied !== 'applied') expect({ seq: folded.seq, colors: folded.colors }).toEqual(before)
        }
      }),
    )
  })

  test('A3 refuses a commit of another epoch, whatever its seq', () => {
    const folded = board()
    const commit = { epoch: asEpoch('epoch002'), seq: asSeq(1), pixels: [{ position: asPosition(0), color: 1, previous: 0, by }] }
    expect(applyCommit(folded, commit)).toBe('other_epoch')
    expect(folded).toEqual(board())
  })

  test('applies a commit without pixels', () => {
    const folded = board()
    expect(applyCommit(folded, { epoch, seq: asSeq(1), pixels: [] })).toBe('applied')
    expect(folded).toEqual({ ...board(), seq: 1 })
  })
})

test('A4 undoing the commits after a seq, newest first, gives the board at that seq', () => {
  fc.assert(
    fc.property(logs, fc.nat(12), (log, kept) => {
      const all = board()
      for (const commit of log) applyCommit(all, commit)
      const upTo = board()
      for (const commit of log.slice(0, kept)) applyCommit(upTo, commit)
      undoCommits(all.colors, log.slice(kept).reverse())
      expect(all.colors).toEqual(upTo.colors)
    }),
  )
})

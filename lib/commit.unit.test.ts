import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asCommitId } from './brand.ts'
import { maxCommitPixels, parsePlacementId, placementId } from './commit.ts'

describe('the id of a placement', () => {
  test('has its commit and its index in it', () => {
    const commitIds = fc.stringMatching(/^[0-9a-z]{8,40}-[0-9a-z]{1,4}$/).map(asCommitId)
    fc.assert(
      fc.property(commitIds, fc.nat(maxCommitPixels - 1), (commit, index) => {
        expect(parsePlacementId(placementId(commit, index))).toEqual({ commit, index })
      }),
    )
  })

  test.each([
    '',
    '.',
    'abcdefgh-0',
    'abcdefgh-0.',
    'abcdefgh-0.-1',
    'abcdefgh-0.01',
    'abcdefgh-0.4096',
    'abcdefgh-0.1.1',
    'ABCDEFGH-0.1',
    'short.1',
    "abcdefgh'--.1",
    `${'a'.repeat(65)}.1`,
  ])('is not %j', (id) => {
    expect(parsePlacementId(id)).toBeNull()
  })
})

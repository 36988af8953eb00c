import { expect, test } from 'vitest'
import { boardStateOf } from './board-state.ts'

const opensAt = '2026-03-06T17:00:00.000Z'
const archivedAt = '2026-03-07T17:00:00.000Z'

test.each([
  [{ kind: 'open' }, { state: 'open', opensAt: null, archivedAt: null }],
  [{ kind: 'open' }, { state: 'open', opensAt, archivedAt: null }],
  [{ kind: 'paused' }, { state: 'paused', opensAt: null, archivedAt: null }],
  [{ kind: 'closed' }, { state: 'closed', opensAt: null, archivedAt: null }],
  [
    { kind: 'opens', atMs: Date.parse(opensAt) },
    { state: 'paused', opensAt, archivedAt: null },
  ],
  [
    { kind: 'opens', atMs: Date.parse(opensAt) },
    { state: 'closed', opensAt, archivedAt: null },
  ],
  [
    { kind: 'archived', atMs: Date.parse(archivedAt) },
    { state: 'closed', opensAt: null, archivedAt },
  ],
  [
    { kind: 'archived', atMs: Date.parse(archivedAt) },
    { state: 'closed', opensAt, archivedAt },
  ],
] as const)('E2 the dock says %o for %o', (expected, canvas) => {
  expect(boardStateOf({ erasing: null, ...canvas })).toEqual(expected)
})

import { expect, test } from 'vitest'
import { streamCommit } from '../stream/contract.ts'
import { UnknownKinds } from './unknown-kinds.ts'

test('A6 the first entry of each of 100 unknown kinds is logged, and all entries are counted', () => {
  const lines: unknown[] = []
  let counted = 0
  const kinds = new UnknownKinds({ warn: (fields: unknown) => lines.push(fields) } as never, { unknownKind: () => counted++ })
  const note = (kind: number) =>
    kinds.note(streamCommit(1, { pixels: [], content: { kind: `kind-${kind}`, bytes: new Uint8Array() } } as never))
  for (let kind = 0; kind < 101; kind++) {
    note(kind)
    note(kind)
  }
  expect(lines).toHaveLength(100)
  expect(counted).toBe(202)
})

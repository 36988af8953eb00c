/**
 * A commit as an entry of the stream: `m`, everything but the content, as JSON; `p`, the content as bytes. The JSON ends with the entry's kind when
 * that is not pixels. A newer version may append fields, or use an unknown commit kind.
 */
import { z } from 'zod'
import { asCanvasId, asCommitId, asEpoch, asSeq, asTile } from '../../../lib/brand.ts'
import type { CommitKind, SequencedCommit } from '../../../lib/commit.ts'
import { decodeContent, encodeContent } from '../../store/entry-content.ts'

const meta = z.tuple([z.string(), z.string(), z.string(), z.int(), z.int(), z.int(), z.string()]).rest(z.unknown())

export const encodeEntry = (commit: SequencedCommit) => {
  const { id, canvas, epoch, tile, seq, atMs, cause } = commit
  const { kind, bytes } = encodeContent(commit)
  const rest = kind === null ? [] : [kind]
  return {
    meta: JSON.stringify([id, canvas, epoch, tile, seq, atMs, cause, ...rest] satisfies z.input<typeof meta>),
    pixels: Buffer.from(bytes),
  }
}

/** Null when the fields are no commit, because another program wrote the entry. */
export const decodeEntry = (fields: readonly Buffer[]): SequencedCommit | null => {
  const at = (name: string) => fields[fields.findIndex((field, index) => index % 2 === 0 && field.toString() === name) + 1]
  const [metaField, pixelsField] = [at('m'), at('p')]
  if (!metaField || !pixelsField) return null
  try {
    const [id, canvas, epoch, tile, seq, atMs, cause, kind] = meta.parse(JSON.parse(metaField.toString()))
    return {
      id: asCommitId(id),
      canvas: asCanvasId(canvas),
      epoch: asEpoch(epoch),
      tile: asTile(tile),
      seq: asSeq(seq),
      atMs,
      cause: cause as CommitKind,
      ...decodeContent(typeof kind === 'string' ? kind : null, pixelsField),
    }
  } catch {
    return null
  }
}

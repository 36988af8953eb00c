/**
 * Commits on their way between two threads: the small fields as JSON, and the pixels of all commits in one array of bytes. A structured clone of
 * pixels as objects costs both threads several times as much.
 */
import type { SequencedCommit } from '../../../lib/commit.ts'
import { encodeContent } from '../entry-content.ts'
import { createPageBy } from '../page.ts'
import { countBlobPixels } from '../pixel-blob.ts'
import { type OutboxRow, sequencedOf } from './rows.ts'

export interface PackedRows {
  /** JSON: an array of rows, each with the length of its pixels (`bytes`) instead of the pixels. */
  readonly rows: string
  /** The pixels of all rows, one after the other. */
  readonly blobs: Uint8Array
}

/** A page of rows, bounded as a page of commits. */
export const createRowPage = <Row extends OutboxRow = OutboxRow>(maxPixels?: number) =>
  createPageBy<Row>(({ pixels }) => countBlobPixels(pixels), maxPixels)

export const packRows = (rows: readonly OutboxRow[]): PackedRows => ({
  rows: JSON.stringify(rows.map(({ pixels, ...row }) => ({ ...row, bytes: pixels.length }))),
  blobs: Buffer.concat(rows.map(({ pixels }) => pixels)),
})

export const packCommits = (commits: readonly SequencedCommit[]): PackedRows =>
  packRows(
    commits.map((commit) => {
      const { pixels: _, unknown: __, ...row } = commit
      const { kind, bytes } = encodeContent(commit)
      return { ...row, kind, pixels: bytes }
    }),
  )

export const unpackRows = <Row extends OutboxRow = OutboxRow>({ rows, blobs }: PackedRows): Row[] => {
  let offset = 0
  return (JSON.parse(rows) as { readonly bytes: number }[]).map(({ bytes, ...row }) => {
    const pixels = blobs.subarray(offset, offset + bytes)
    offset += bytes
    return { ...row, pixels } as unknown as Row
  })
}

export const unpackCommits = (packed: PackedRows): SequencedCommit[] => unpackRows(packed).map(sequencedOf)

/**
 * Commits on their way from one thread to the other: what is small as JSON, and the pixels of all of them as one array of bytes. A structured
 * clone of pixels as objects costs both threads several times as much, and makes garbage for the one that answers requests.
 */
import type { SequencedCommit } from '../../../lib/commit.ts'
import { encodeContent } from '../entry-content.ts'
import { createPageBy } from '../page.ts'
import { countBlobPixels } from '../pixel-blob.ts'
import { type OutboxRow, sequencedOf } from './rows.ts'

export interface PackedCommits {
  /** JSON: an array of rows, each with the number of its `bytes` instead of its pixels. */
  readonly rows: string
  /** One after the other, as in `pixel-blob.ts`. */
  readonly blobs: Uint8Array
}

type PackedRow = Omit<OutboxRow, 'pixels'> & { readonly bytes: number }

/** A page of rows as they are, bounded as a page of commits. */
export const createRowPage = <Row extends OutboxRow = OutboxRow>(maxPixels?: number) =>
  createPageBy<Row>(({ pixels }) => countBlobPixels(pixels), maxPixels)

export const packRows = (rows: readonly OutboxRow[]): PackedCommits => {
  const blobs = new Uint8Array(rows.reduce((bytes, { pixels }) => bytes + pixels.length, 0))
  let offset = 0
  const packed = rows.map(({ id, canvas, tile, epoch, at, cause, seq, kind, pixels }): PackedRow => {
    blobs.set(pixels, offset)
    offset += pixels.length
    return { id, canvas, tile, epoch, at, cause, seq, kind, bytes: pixels.length }
  })
  return { rows: JSON.stringify(packed), blobs }
}

export const packCommits = (commits: readonly SequencedCommit[]): PackedCommits =>
  packRows(
    commits.map((commit) => {
      const { kind, bytes } = encodeContent(commit)
      return { ...commit, at: commit.atMs, kind, pixels: bytes }
    }),
  )

export const unpackCommits = (packed: PackedCommits): SequencedCommit[] => unpackRows(packed).map(sequencedOf)

export const unpackRows = ({ rows, blobs }: PackedCommits): OutboxRow[] => {
  let offset = 0
  return (JSON.parse(rows) as PackedRow[]).map(({ bytes, ...row }) => {
    const pixels = blobs.subarray(offset, offset + bytes)
    offset += bytes
    return { ...row, pixels }
  })
}

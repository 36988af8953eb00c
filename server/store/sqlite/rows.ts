/** The rows of the outbox, and the commits that they become. Threads exchange rows, because cloning decoded pixels costs several times as much. */
import type { SequencedCommit } from '../../../lib/commit.ts'
import { type Content, decodeContent, encodeContent, tryDecodeContent } from '../entry-content.ts'
import { createPageBy } from '../page.ts'
import { countBlobPixels } from '../pixel-blob.ts'
import type { UnpublishedCommit } from '../port.ts'

interface StoredContent {
  readonly pixels: Uint8Array
  /** Null for pixels (`entry-content.ts`). */
  readonly kind: string | null
}

/** A value as it is stored: with encoded content. */
export type Stored<Value extends Content> = Omit<Value, keyof Content> & StoredContent

export type OutboxRow = Stored<SequencedCommit>
export type UnpublishedRow = OutboxRow & Pick<UnpublishedCommit, 'attempts'>

/** The columns of an `OutboxRow`. */
export const outboxColumns = 'id, canvas, tile, epoch, at AS atMs, cause, pixels, seq, kind'

export const sequencedOf = ({ kind, pixels, ...row }: OutboxRow): SequencedCommit => ({ ...row, ...decodeContent(kind, pixels) })

/** Never throws: one entry that cannot be decoded must not delay the others. */
export const unpublishedOf = ({ kind, pixels, ...row }: UnpublishedRow): UnpublishedCommit => ({
  ...row,
  ...(tryDecodeContent(kind, pixels) ?? { pixels: [], isUnreadable: true }),
})

/** None when they cannot be decoded. */
export const pixelsOf = ({ kind, pixels }: StoredContent) => tryDecodeContent(kind, pixels)?.pixels ?? []

export const rowOf = (commit: SequencedCommit): OutboxRow => {
  const { pixels: _, content: __, ...row } = commit
  const { kind, bytes } = encodeContent(commit)
  return { ...row, kind, pixels: bytes }
}

/** A page of rows, bounded as a page of commits. */
export const createRowPage = <Row extends OutboxRow>(maxPixels?: number) =>
  createPageBy<Row>(({ pixels }) => countBlobPixels(pixels), maxPixels)

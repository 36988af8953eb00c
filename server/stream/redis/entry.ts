/** A commit as an entry of the stream: `m`, everything but the pixels, as JSON; `p`, the pixels as bytes. */
import { z } from 'zod'
import { asCanvasId, asCommitId, asEpoch, asSeq, asTile } from '../../../lib/brand.ts'
import { commitKinds, type SequencedCommit } from '../../../lib/commit.ts'
import { decodePixelBlob, encodePixelBlob } from '../../store/pixel-blob.ts'

const meta = z.tuple([z.string(), z.string(), z.string(), z.int(), z.int(), z.int(), z.enum(commitKinds)])

export const encodeEntry = ({ id, canvas, epoch, tile, seq, atMs, cause, pixels }: SequencedCommit) => ({
  meta: JSON.stringify([id, canvas, epoch, tile, seq, atMs, cause] satisfies z.input<typeof meta>),
  pixels: Buffer.from(encodePixelBlob(pixels)),
})

/** Null when the fields are no commit of ours: somebody else wrote into the stream. */
export const decodeEntry = (fields: readonly Buffer[]): SequencedCommit | null => {
  const at = (name: string) => fields[fields.findIndex((field, index) => index % 2 === 0 && field.toString() === name) + 1]
  const [metaField, pixelsField] = [at('m'), at('p')]
  if (!metaField || !pixelsField) return null
  try {
    const [id, canvas, epoch, tile, seq, atMs, cause] = meta.parse(JSON.parse(metaField.toString()))
    return {
      id: asCommitId(id),
      canvas: asCanvasId(canvas),
      epoch: asEpoch(epoch),
      tile: asTile(tile),
      seq: asSeq(seq),
      atMs,
      cause,
      pixels: decodePixelBlob(pixelsField),
    }
  } catch {
    return null
  }
}

/**
 * The content of an outbox entry, by the entry's kind. Entries of pixels have no kind. Every reader carries the content of any other kind unchanged
 * and ignores it, so that an older version can run beside a newer one.
 */
import type { Commit } from '../../lib/commit.ts'
import { decodePixelBlob, encodePixelBlob, isPixelBlob } from './pixel-blob.ts'

export type Content = Pick<Commit, 'pixels' | 'content'>

/** Null or undefined for pixels. */
type StoredKind = string | null | undefined

const isPixels = (kind: StoredKind): kind is null | undefined | 'pixels' => (kind ?? 'pixels') === 'pixels'

/** @throws when the kind is pixels and the bytes cannot be decoded. */
export const decodeContent = (kind: StoredKind, bytes: Uint8Array): Content =>
  isPixels(kind) ? { pixels: decodePixelBlob(bytes) } : { pixels: [], content: { kind, bytes } }

/** Null when the content cannot be decoded. */
export const tryDecodeContent = (kind: StoredKind, bytes: Uint8Array): Content | null =>
  isReadable(kind, bytes) ? decodeContent(kind, bytes) : null

/** Whether `decodeContent` would succeed, without decoding. */
export const isReadable = (kind: StoredKind, bytes: Uint8Array) => !isPixels(kind) || isPixelBlob(bytes)

export const encodeContent = ({ pixels, content }: Content): { readonly kind: string | null; readonly bytes: Uint8Array } =>
  content ?? { kind: null, bytes: encodePixelBlob(pixels) }

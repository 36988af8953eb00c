/** Files of BSON documents in the format of MongoDB's tools, compressed with zstd. Written and read in bounded memory. */
import { createReadStream, createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createZstdCompress, createZstdDecompress } from 'node:zlib'
import mongoose from 'mongoose'

export type AnyDocument = Record<string, unknown>

/** `documents` are encoded. Returns their number, after the file is synced to the disk. */
export const writeBson = async (path: string, documents: AsyncIterable<Uint8Array>): Promise<number> => {
  let count = 0
  const counted = async function* () {
    for await (const document of documents) {
      count++
      yield document
    }
  }
  await pipeline(counted, createZstdCompress(), createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true }))
  return count
}

export async function* readBson(path: string): AsyncGenerator<AnyDocument> {
  const plain = createZstdDecompress()
  const reading = pipeline(createReadStream(path), plain)
  // The loop below receives the same error from the stream.
  reading.catch(() => undefined)
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of plain) {
    rest = Buffer.concat([rest, chunk as Buffer])
    let start = 0
    for (;;) {
      const length = rest.length - start >= 4 ? rest.readInt32LE(start) : Number.POSITIVE_INFINITY
      if (length < 5) throw new Error(`${path} is not a file of documents`)
      if (start + length > rest.length) break
      yield mongoose.mongo.BSON.deserialize(rest.subarray(start, start + length), { promoteValues: true }) as AnyDocument
      start += length
    }
    rest = rest.subarray(start)
  }
  await reading
  if (rest.length > 0) throw new Error(`${path} ends within a document`)
}

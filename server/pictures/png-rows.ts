/**
 * Decodes a PNG of any kind row by row (PNG specification, third edition, sections 8 and 9).
 *
 * A hostile picture may inflate to far more than its size, or end early. So it is inflated as a stream on zlib's thread, with one row in memory.
 * Reading stops after the last row of the header's size, and a missing row is an error. General PNG libraries inflate the whole picture on the
 * calling thread and ignore missing rows.
 */
import { createInflate } from 'node:zlib'
import { MalformedPng } from '../../lib/png/png-chunks.ts'
import type { PngFormat } from '../../lib/png/png-format.ts'
import { type PngRow, passesOf, ScanlineDecoder } from '../../lib/png/png-scanlines.ts'

/** @throws {MalformedPng} when pixels are missing or damaged, after the rows before them. */
export async function* pngRows(format: PngFormat): AsyncGenerator<PngRow> {
  const source = createScanlineSource(format.packed)
  try {
    for (const pass of passesOf(format)) {
      const decoder = new ScanlineDecoder(format, pass)
      for (let y = pass.y0; y < format.height; y += pass.dy) {
        await source.fill(decoder.line)
        yield decoder.row(y)
      }
    }
  } finally {
    source.close()
  }
}

const createScanlineSource = (packed: Uint8Array) => {
  const inflate = createInflate({ chunkSize: 65_536 })
  inflate.end(packed)
  const chunks: AsyncIterator<Buffer> = inflate[Symbol.asyncIterator]()
  let chunk: Uint8Array = new Uint8Array(0)

  const nextChunk = async () => {
    try {
      const { done, value } = await chunks.next()
      if (!done) return value
    } catch (cause) {
      throw new MalformedPng('pixels', 'The PNG is damaged or truncated.', { cause })
    }
    throw new MalformedPng('truncated', 'The PNG is truncated: it has fewer pixels than its size says.')
  }

  return {
    async fill(line: Uint8Array) {
      let filled = 0
      while (filled < line.length) {
        if (chunk.length === 0) chunk = await nextChunk()
        const part = chunk.subarray(0, line.length - filled)
        line.set(part, filled)
        chunk = chunk.subarray(part.length)
        filled += part.length
      }
    },
    close: () => void inflate.destroy(),
  }
}

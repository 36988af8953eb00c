/**
 * Decodes a PNG row by row in a browser's worker, without a canvas element, whose colors some browsers change. A hostile picture may inflate to far more
 * than its size, so it is inflated in small steps and no further than its last row.
 */
import { Unzlib } from 'fflate'
import { MalformedPng } from './png-chunks.ts'
import type { PngFormat } from './png-format.ts'
import { type PngRow, passesOf, ScanlineDecoder } from './png-scanlines.ts'

/** Deflate packs at most 1,032 bytes into one, so a step adds at most 8 MiB. */
const stepBytes = 8_192

/** @throws {MalformedPng} when pixels are missing or damaged, after the rows before them. */
export function* readPngRows(format: PngFormat): Generator<PngRow> {
  const fill = createScanlineFiller(format.packed)
  for (const pass of passesOf(format)) {
    const decoder = new ScanlineDecoder(format, pass)
    for (let y = pass.y0; y < format.height; y += pass.dy) {
      fill(decoder.line)
      yield decoder.row(y)
    }
  }
}

const createScanlineFiller = (packed: Uint8Array) => {
  const chunks: Uint8Array[] = []
  const inflate = new Unzlib((chunk) => chunks.push(chunk))
  let [next, consumed] = [0, 0]

  const step = () => {
    if (next >= packed.length) throw new MalformedPng('truncated', 'The PNG is truncated: it has fewer pixels than its size says.')
    const end = Math.min(packed.length, next + stepBytes)
    try {
      inflate.push(packed.subarray(next, end), end === packed.length)
    } catch (cause) {
      throw new MalformedPng('pixels', 'The PNG is damaged or truncated.', { cause })
    }
    next = end
  }

  return (line: Uint8Array) => {
    let filled = 0
    while (filled < line.length) {
      const chunk = chunks[0]
      if (!chunk) {
        step()
        continue
      }
      const part = chunk.subarray(consumed, consumed + line.length - filled)
      line.set(part, filled)
      filled += part.length
      consumed += part.length
      if (consumed < chunk.length) continue
      chunks.shift()
      consumed = 0
    }
  }
}

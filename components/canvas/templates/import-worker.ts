/** Reads and decodes templates beside the page, so that painting goes on. */
import { type Bitmap, decodeEntry } from '../../../lib/templates/decode-entry.ts'
import { readTemplateFile, readTemplateText } from '../../../lib/templates/read-template-file.ts'
import { NoTemplate } from '../../../lib/templates/template-problem.ts'
import type { ImportRequest, ImportResponse, NumberedRequest, NumberedResponse } from './import-messages.ts'

interface WorkerScope {
  onmessage: ((event: MessageEvent<NumberedRequest>) => void) | null
  postMessage(response: NumberedResponse, transfer: Transferable[]): void
}
const scope = globalThis as unknown as WorkerScope

scope.onmessage = ({ data }) => {
  void answer(data.request)
    .catch((error: unknown): ImportResponse => {
      if (error instanceof NoTemplate) return { kind: 'problem', problem: error.problem }
      // A typed array that is too large for the browser's memory.
      return { kind: 'problem', problem: { code: error instanceof RangeError ? 'no_memory' : 'damaged_picture' } }
    })
    .then((response) => {
      const transfer = response.kind === 'decoded' ? [response.template.picture.pixels.buffer as ArrayBuffer] : []
      scope.postMessage({ id: data.id, response }, transfer)
    })
}

const answer = async (request: ImportRequest): Promise<ImportResponse> => {
  switch (request.kind) {
    case 'file':
      return { kind: 'entries', entries: readTemplateFile(request.bytes) }
    case 'text':
      return { kind: 'entries', entries: readTemplateText(request.text) }
    case 'decode': {
      const { kind: _, ...options } = request
      return { kind: 'decoded', template: await decodeEntry({ ...options, decodeBitmap }) }
    }
  }
}

/** Rows that are read from the canvas element at once. */
const stripPixels = 1_048_576

const decodeBitmap = async (bytes: Uint8Array): Promise<Bitmap> => {
  const bitmap = await createImageBitmap(new Blob([bytes as BlobPart]), { premultiplyAlpha: 'none', colorSpaceConversion: 'none' })
  const { width, height } = bitmap
  const pixels = new Uint32Array(width * height)
  const rows = Math.max(1, Math.floor(stripPixels / width))
  const context = new OffscreenCanvas(width, Math.min(rows, height)).getContext('2d', { willReadFrequently: true })
  if (!context) throw new Error('no canvas')
  for (let top = 0; top < height; top += rows) {
    const count = Math.min(rows, height - top)
    context.clearRect(0, 0, width, count)
    context.drawImage(bitmap, 0, -top)
    const { data } = context.getImageData(0, 0, width, count)
    for (let i = 0, at = top * width; i < data.length; i += 4, at++) {
      pixels[at] = ((data[i + 3] as number) << 24) | ((data[i] as number) << 16) | ((data[i + 1] as number) << 8) | (data[i + 2] as number)
    }
  }
  bitmap.close()
  return { width, height, pixels }
}

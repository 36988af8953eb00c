/** One template of a file or of a link, before its picture is decoded. */
import { NoTemplate } from './template-problem.ts'

export interface PicturePart {
  readonly bytes: Uint8Array
  /** Where the part is in the whole picture, in cells. */
  readonly x: number
  readonly y: number
}

export interface TemplateEntry {
  /** Empty if the file has none. */
  readonly name: string
  /** The position on the board that the file names. */
  readonly at: { readonly x: number; readonly y: number } | null
  /** `address`: the picture is on another site, so the painter is asked for the file. */
  readonly picture:
    | { readonly kind: 'parts'; readonly parts: readonly PicturePart[] }
    | { readonly kind: 'address'; readonly address: string }
  /** The width in cells that the file names. */
  readonly columns: number | null
  /** The size of the first frame of an animation, in pixels. Only that frame is used. */
  readonly frame: { readonly width: number; readonly height: number } | null
  /** The scale at which the file's program draws. */
  readonly scale: number | null
}

export const entryOf = (entry: Pick<TemplateEntry, 'picture'> & Partial<TemplateEntry>): TemplateEntry => ({
  name: '',
  at: null,
  columns: null,
  frame: null,
  scale: null,
  ...entry,
})

/** Decodes a `data:` address, or plain Base64. @throws {NoTemplate} */
export const bytesOfData = (text: string, field: string): Uint8Array => {
  const head = /^data:([^,]*),/i.exec(text)
  const body = head ? text.slice(head[0].length) : text
  const isBase64 = !head || /;\s*base64\s*$/i.test(head[1] ?? '')
  try {
    const plain = /%[0-9a-f]{2}/i.test(body) ? decodeURIComponent(body) : body
    const binary = isBase64 ? atob(plain.replaceAll('-', '+').replaceAll('_', '/')) : plain
    return Uint8Array.from(binary, (character) => character.charCodeAt(0))
  } catch {
    throw new NoTemplate({ code: 'wrong_field', field })
  }
}

/** The picture at an address of any kind. */
export const pictureAt = (address: string, field: string): TemplateEntry['picture'] =>
  /^data:/i.test(address) ? { kind: 'parts', parts: [{ bytes: bytesOfData(address, field), x: 0, y: 0 }] } : { kind: 'address', address }

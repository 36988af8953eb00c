/** Writes a template as an indexed PNG that is transparent where nothing is wanted. */
import { zlibSync } from 'fflate'
import { rgbOf } from '../palette.ts'
import { encodeChunk, pngSignature } from '../png/png-chunks.ts'
import { noCell, type TemplatePicture } from './template.ts'

export const encodePicture = ({ width, height, cells }: TemplatePicture, palette: readonly string[]): Uint8Array => {
  const used = [...new Set(cells)].filter((cell) => cell !== noCell).toSorted((a, b) => a - b)
  // A palette has 256 colors at most, and one of them is the transparent one.
  const isIndexed = used.length < 256
  const header = new Uint8Array(13)
  const view = new DataView(header.buffer)
  view.setUint32(0, width)
  view.setUint32(4, height)
  header.set([8, isIndexed ? 3 : 6], 8)
  const colors = used.map((cell) => rgbOf(palette[cell] ?? '#000000'))
  const chunks = [
    { type: 'IHDR', data: header },
    ...(isIndexed
      ? [
          { type: 'PLTE', data: Uint8Array.from([0, 0, 0, ...colors.flat()]) },
          { type: 'tRNS', data: Uint8Array.of(0) },
        ]
      : []),
    { type: 'IDAT', data: zlibSync(isIndexed ? indexedRows({ width, height, cells }, used) : rgbaRows({ width, height, cells }, palette)) },
    { type: 'IEND', data: new Uint8Array(0) },
  ]
  const parts = [pngSignature, ...chunks.map((chunk) => encodeChunk(chunk))]
  const png = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    png.set(part, at)
    at += part.length
  }
  return png
}

/** Each row begins with its filter, 0. */
const indexedRows = ({ width, height, cells }: TemplatePicture, used: readonly number[]) => {
  const numbers = new Map(used.map((cell, index) => [cell, index + 1]))
  const rows = new Uint8Array(height * (width + 1))
  for (let at = 0; at < cells.length; at++)
    rows[Math.floor(at / width) * (width + 1) + 1 + (at % width)] = numbers.get(cells[at] as number) ?? 0
  return rows
}

const rgbaRows = ({ width, height, cells }: TemplatePicture, palette: readonly string[]) => {
  const rows = new Uint8Array(height * (width * 4 + 1))
  for (let at = 0; at < cells.length; at++) {
    const hex = palette[cells[at] as number]
    if (hex) rows.set([...rgbOf(hex), 255], Math.floor(at / width) * (width * 4 + 1) + 1 + (at % width) * 4)
  }
  return rows
}

/** The longest link that programs pass on. */
const maxLink = 8_000

/** A link in the form of Pxls, with the picture inside; null if it would be too long. */
export const pictureLink = (
  page: string,
  template: { readonly name: string; readonly x: number; readonly y: number; readonly picture: TemplatePicture },
  palette: readonly string[],
): string | null => {
  // Four characters for three bytes, so the encoding of a large picture is not even begun.
  const png = template.picture.cells.length > 200_000 ? null : encodePicture(template.picture, palette)
  if (!png || png.length > maxLink) return null
  const data = `data:image/png;base64,${btoa(String.fromCharCode(...png))}`
  const values = { template: data, ox: template.x, oy: template.y, tw: template.picture.width, title: template.name }
  const fields = Object.entries(values).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  const link = `${page}#${fields.join('&')}`
  return link.length <= maxLink ? link : null
}

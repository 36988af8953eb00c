import { isPng } from '../png/png-chunks.ts'
import { bitmapSize } from './bitmap-size.ts'
import { readJsonTemplates } from './json-templates.ts'
import { readPxlsLinks } from './pxls-links.ts'
import { entryOf, type TemplateEntry } from './template-entry.ts'
import { NoTemplate } from './template-problem.ts'

export const maxFileMiB = 32

/** The templates of a file, found by its content. Pictures are not decoded yet. @throws {NoTemplate} */
export const readTemplateFile = (bytes: Uint8Array): TemplateEntry[] => {
  if (bytes.length > maxFileMiB * 2 ** 20) throw new NoTemplate({ code: 'file_too_large', maxMiB: maxFileMiB })
  if (isPicture(bytes)) return [entryOf({ picture: { kind: 'parts', parts: [{ bytes, x: 0, y: 0 }] } })]
  return readTemplateText(textOf(bytes))
}

/** The templates of pasted text: links, or the content of a JSON file. @throws {NoTemplate} */
export const readTemplateText = (text: string): TemplateEntry[] => {
  if (/^\s*[{[]/.test(text)) return readJsonTemplates(text)
  const links = readPxlsLinks(text)
  if (links) return links
  throw new NoTemplate({ code: 'unknown_file' })
}

/** A picture that is cut off is still a picture, so that its own problem is told. */
const isPicture = (bytes: Uint8Array) => isPng(bytes) || bitmapSize(bytes) !== null || (bytes[0] === 0x89 && bytes[1] === 0x50)

const textOf = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new NoTemplate({ code: 'unknown_file' })
  }
}

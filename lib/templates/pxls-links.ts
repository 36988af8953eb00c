/** Links of Pxls, such as `https://pxls.space/#template=…&ox=10&oy=20&tw=50&title=…`. Some programs encode the values twice. */
import { entryOf, pictureAt, type TemplateEntry } from './template-entry.ts'
import { NoTemplate } from './template-problem.ts'

const maxLinks = 100
const maxDecodings = 3

/** The templates of a text with one link per line; null if there is no such link. @throws {NoTemplate} */
export const readPxlsLinks = (text: string): TemplateEntry[] | null => {
  const links = text
    .split(/\s+/)
    .filter((word) => /[#?&]template=/.test(word))
    .slice(0, maxLinks)
  return links.length > 0 ? links.map(readLink) : null
}

const readLink = (link: string): TemplateEntry => {
  const values = new Map<string, string>()
  for (const part of link.slice(link.search(/[#?]/) + 1).split(/[&#?]/)) {
    const equals = part.indexOf('=')
    if (equals > 0) values.set(part.slice(0, equals), part.slice(equals + 1))
  }
  const address = decoded(values.get('template') ?? '', isAddress)
  if (!isAddress(address)) throw new NoTemplate({ code: 'wrong_field', field: 'template' })
  const columns = wholeNumber(values, 'tw')
  return entryOf({
    name: decoded(values.get('title') ?? '', (title) => !/%[0-9a-f]{2}/i.test(title)),
    at: values.has('ox') || values.has('oy') ? { x: wholeNumber(values, 'ox') ?? 0, y: wholeNumber(values, 'oy') ?? 0 } : null,
    picture: pictureAt(address, 'template'),
    // Pxls writes -1 for "as wide as the picture".
    columns: columns !== null && columns > 0 ? columns : null,
  })
}

const isAddress = (text: string) => /^(?:https?:\/\/|data:image\/)/i.test(text)

const decoded = (value: string, isDone: (text: string) => boolean): string => {
  let text = value
  for (let i = 0; i < maxDecodings && (i === 0 || !isDone(text)); i++) {
    try {
      text = decodeURIComponent(text)
    } catch {
      return text
    }
  }
  return text
}

const wholeNumber = (values: ReadonlyMap<string, string>, field: string): number | null => {
  const text = decoded(values.get(field) ?? '', () => true).trim()
  if (text === '') return null
  // Pxls itself writes fractions when a template was dragged.
  const value = Math.floor(Number(text))
  if (!Number.isSafeInteger(value)) throw new NoTemplate({ code: 'wrong_field', field })
  return value
}

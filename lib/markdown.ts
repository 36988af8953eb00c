/**
 * The Markdown of rules and of site texts: headings, paragraphs, lists, bold, italic, code and links. There is no HTML: `<` is a
 * character like any other, so a tree has nothing that a page must not show.
 */
export type Inline =
  | { readonly type: 'text' | 'code'; readonly text: string }
  | { readonly type: 'break' }
  | { readonly type: 'bold' | 'italic'; readonly children: readonly Inline[] }
  /** `href` begins with http:, https: or mailto:. */
  | { readonly type: 'link'; readonly href: string; readonly children: readonly Inline[] }

export type Block =
  | { readonly type: 'heading'; readonly level: 1 | 2 | 3; readonly children: readonly Inline[] }
  | { readonly type: 'paragraph'; readonly children: readonly Inline[] }
  /** `start` is the number of the first item. */
  | { readonly type: 'list'; readonly isOrdered: boolean; readonly start: number; readonly items: readonly (readonly Inline[])[] }

const headingPattern = /^ {0,3}(#{1,3})[ \t]+(.*)$/
const itemPattern = /^[ \t]*(?:[-*+]|(\d{1,9})[.)])[ \t]+(\S.*)$/

interface OpenBlock {
  readonly type: 'paragraph' | 'list'
  readonly start: number | null
  /** The lines of a paragraph, or of each item. */
  readonly parts: string[][]
}

/** Takes any text. */
export const parseMarkdown = (text: string): readonly Block[] => {
  const blocks: Block[] = []
  let open: OpenBlock | null = null
  const close = () => {
    if (open) blocks.push(blockOf(open))
    open = null
  }
  for (const line of text.split(/\r\n|\r|\n/)) {
    const heading = headingPattern.exec(line)
    const item = itemPattern.exec(line)
    if (line.trim() === '') close()
    else if (heading) {
      close()
      blocks.push({ type: 'heading', level: heading[1]?.length as 1 | 2 | 3, children: parseInlines(heading[2]?.trim() ?? '') })
    } else if (item) {
      const start = item[1] === undefined ? null : Number(item[1])
      const isSameList: boolean = open?.type === 'list' && (open.start === null) === (start === null)
      if (!isSameList) close()
      open ??= { type: 'list', start, parts: [] }
      open.parts.push([item[2] ?? ''])
    } else {
      open ??= { type: 'paragraph', start: null, parts: [[]] }
      open.parts.at(-1)?.push(line.trim())
    }
  }
  close()
  return blocks
}

const blockOf = ({ type, start, parts }: OpenBlock): Block => {
  const items = parts.map((lines) => parseInlines(lines.map((line) => line.trim()).join('\n')))
  if (type === 'paragraph') return { type, children: items[0] ?? [] }
  return { type, isOrdered: start !== null, start: start ?? 1, items }
}

const escapePattern = /\\([!-/:-@[-`{-~])/y
const codePattern = /`([^`\n]+)`/y
const linkPattern = /\[([^[\]\n]+)\]\(([^\s()]*(?:\([^\s()]*\)[^\s()]*)*)\)/y
const addressPattern = /https?:\/\/[^\s<>"`*[\]]*[^\s<>"`*[\].,;:!?'()_]/iy
const markerPattern = /\*\*|__|\*|_/y
const wordCharacter = /[\p{L}\p{N}]/u

/** The address in its normal form. Null unless it begins with http:, https: or mailto:. */
const safeHref = (text: string): string | null => {
  const url = /^(?:https?:\/\/|mailto:)[^\s]+$/i.test(text) ? URL.parse(text) : null
  return url && ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url.href : null
}

interface OpenMarker {
  readonly marker: string
  readonly children: Inline[]
}

/** Each marker is open once at most, so the tree is never deep, and the time grows with the length only. */
class InlineParser {
  readonly #text: string
  readonly #allowsLinks: boolean
  readonly #stack: [OpenMarker, ...OpenMarker[]] = [{ marker: '', children: [] }]
  #at = 0

  constructor(text: string, allowsLinks: boolean) {
    this.#text = text
    this.#allowsLinks = allowsLinks
  }

  parse(): readonly Inline[] {
    while (this.#at < this.#text.length) this.#step()
    while (this.#stack.length > 1) this.#reopenAsText()
    return this.#stack[0].children
  }

  #step() {
    const escaped = this.#match(escapePattern)
    if (escaped) return this.#addText(escaped[1] ?? '')
    const code = this.#match(codePattern)
    if (code) return this.#add({ type: 'code', text: code[1] ?? '' })
    if (this.#allowsLinks && this.#link()) return
    const marker = this.#match(this.#closesItalicFirst() ? /[*_]/y : markerPattern)
    if (marker) return this.#mark(marker[0])
    const character = this.#text[this.#at++] ?? ''
    if (character === '\n') this.#add({ type: 'break' })
    else this.#addText(character)
  }

  #link(): boolean {
    const start = this.#at
    const link = this.#match(linkPattern)
    const address = link || wordCharacter.test(this.#text[start - 1] ?? '') ? null : this.#match(addressPattern)
    const href = safeHref(link?.[2] ?? address?.[0] ?? '')
    if (href === null) {
      this.#at = start
      return false
    }
    const children: readonly Inline[] = link ? parseInlines(link[1] ?? '', false) : [{ type: 'text', text: address?.[0] ?? '' }]
    this.#add({ type: 'link', href, children })
    return true
  }

  /** At the end of `***both***` the inner marker comes first. */
  #closesItalicFirst() {
    const { marker } = this.#stack.at(-1) ?? { marker: '' }
    return marker.length === 1 && this.#text.startsWith(marker.repeat(3), this.#at)
  }

  #mark(marker: string) {
    const before = this.#text[this.#at - marker.length - 1] ?? ' '
    const after = this.#text[this.#at] ?? ' '
    // An underscore inside a word is a part of it: snake_case.
    const isInWord = marker.startsWith('_') && wordCharacter.test(before) && wordCharacter.test(after)
    const isOpen = this.#stack.some((each) => each.marker === marker)
    if (isOpen && !isInWord && /\S/.test(before)) return this.#close(marker)
    if (!isOpen && !isInWord && /\S/.test(after)) this.#stack.push({ marker, children: [] })
    else this.#addText(marker)
  }

  #close(marker: string) {
    while (this.#stack.at(-1)?.marker !== marker) this.#reopenAsText()
    const children = this.#stack.pop()?.children ?? []
    if (children.length === 0) this.#addText(marker + marker)
    else this.#add({ type: marker.length === 2 ? 'bold' : 'italic', children })
  }

  /** The innermost marker is never closed, so it is text. */
  #reopenAsText() {
    const inner = this.#stack.pop()
    if (!inner) return
    this.#addText(inner.marker)
    for (const child of inner.children) {
      if (child.type === 'text') this.#addText(child.text)
      else this.#add(child)
    }
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)
    if (match) this.#at += match[0].length
    return match
  }

  #add(inline: Inline) {
    this.#stack.at(-1)?.children.push(inline)
  }

  #addText(text: string) {
    const children = this.#stack.at(-1)?.children
    const last = children?.at(-1)
    if (last?.type === 'text') children?.splice(-1, 1, { type: 'text', text: last.text + text })
    else this.#add({ type: 'text', text })
  }
}

const parseInlines = (text: string, allowsLinks = true) => new InlineParser(text, allowsLinks).parse()

/** What makes the text no Markdown of this kind, to complete a sentence that begins with the name of the field. Null when it is. */
export const markdownMistake = (text: string): string | null => {
  const plain = text.replaceAll(/`[^`\n]+`/g, '').replaceAll(/\\[!-/:-@[-`{-~]/g, '')
  const html = /<[a-z/!?][^\s<>]{0,20}>?/i.exec(plain)?.[0]
  if (html !== undefined) return `must have no HTML, such as ${html}; write \\< for the character itself`
  const links = [...plain.matchAll(/\[[^[\]\n]+\]\(([^)\n]*)\)?/g)]
  const unsafe = links.find(([, href = '']) => safeHref(href) === null)
  return unsafe ? `must have links to http://, https:// or mailto: only, and no other than ${unsafe[0].slice(0, 60)}` : null
}

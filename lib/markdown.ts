/**
 * The Markdown of rules and of site texts: headings, paragraphs, lists, bold, italic, code and links. Everything else, HTML among it, is
 * text, so a tree has nothing that a page must not show.
 */
import type { Nodes, PhrasingContent, RootContent } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmAutolinkLiteralFromMarkdown } from 'mdast-util-gfm-autolink-literal'
import { gfmAutolinkLiteral } from 'micromark-extension-gfm-autolink-literal'

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

const treeOf = (text: string) =>
  fromMarkdown(text, {
    // Quotes and indented code are what people type by accident.
    extensions: [gfmAutolinkLiteral(), { disable: { null: ['blockQuote', 'codeIndented'] } }],
    mdastExtensions: [gfmAutolinkLiteralFromMarkdown()],
  })

/** Takes any text. */
export const parseMarkdown = (text: string): readonly Block[] => treeOf(text).children.flatMap((node) => blockOf(node, text) ?? [])

const blockOf = (node: RootContent, text: string): Block | null => {
  switch (node.type) {
    case 'definition':
      return null
    case 'heading':
      return { type: 'heading', level: Math.min(node.depth, 3) as 1 | 2 | 3, children: inlinesOf(node.children, text) }
    case 'paragraph':
      return { type: 'paragraph', children: inlinesOf(node.children, text) }
    case 'list': {
      const items = node.children.map((item) => item.children.flatMap((child, index) => itemPart(child, index, text)))
      return { type: 'list', isOrdered: node.ordered ?? false, start: node.start ?? 1, items }
    }
    default:
      return { type: 'paragraph', children: sourceOf(node, text) }
  }
}

/** A list inside an item stays as its text, in lines of its own. */
const itemPart = (node: RootContent, index: number, text: string): readonly Inline[] => {
  const children = node.type === 'paragraph' ? inlinesOf(node.children, text) : sourceOf(node, text)
  return index === 0 ? children : [{ type: 'break' }, ...children]
}

const inlinesOf = (nodes: readonly PhrasingContent[], text: string): readonly Inline[] => nodes.flatMap((node) => inlineOf(node, text))

const inlineOf = (node: PhrasingContent, text: string): readonly Inline[] => {
  switch (node.type) {
    case 'break':
      return [{ type: 'break' }]
    case 'text':
      return lines(node.value)
    case 'inlineCode':
      return [{ type: 'code', text: node.value }]
    case 'strong':
      return [{ type: 'bold', children: inlinesOf(node.children, text) }]
    case 'emphasis':
      return [{ type: 'italic', children: inlinesOf(node.children, text) }]
    case 'link': {
      const href = safeHref(node.url)
      return href === null ? sourceOf(node, text) : [{ type: 'link', href, children: inlinesOf(node.children, text) }]
    }
    default:
      return sourceOf(node, text)
  }
}

/** A line break in a paragraph stays, because hosts type short lines. */
const lines = (text: string): readonly Inline[] =>
  text.split(/\r\n|\r|\n/).flatMap((line, index): readonly Inline[] => {
    const shown: readonly Inline[] = line === '' ? [] : [{ type: 'text', text: line }]
    return index === 0 ? shown : [{ type: 'break' }, ...shown]
  })

const rawOf = ({ position }: Nodes, text: string) => text.slice(position?.start.offset, position?.end.offset)
const sourceOf = (node: Nodes, text: string) => lines(rawOf(node, text))

/** The address in its normal form. Null unless it begins with http:, https: or mailto:. */
const safeHref = (text: string): string | null => {
  if (!/^(?:https?:\/\/|mailto:)[^\s]+$/i.test(text)) return null
  try {
    // Not `URL.parse`, which Safari has only from version 18 on.
    const url = new URL(text)
    return ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url.href : null
  } catch {
    return null
  }
}

/** What a host must not write, to complete a sentence that begins with the name of the field. Null when there is nothing. */
export const markdownMistake = (text: string): string | null => {
  // A list of nodes instead of recursion: lists nest as deeply as the text is long.
  const nodes: Nodes[] = [treeOf(text)]
  for (const node of nodes) {
    const shown = rawOf(node, text).trim().slice(0, 60)
    if (node.type === 'html') return `must have no HTML, such as ${shown}; write \\< for the character itself`
    if ((node.type === 'link' || node.type === 'image' || node.type === 'definition') && safeHref(node.url) === null) {
      return `must have links to http://, https:// or mailto: only, and no other than ${shown}`
    }
    if ('children' in node) nodes.push(...node.children)
  }
  return null
}

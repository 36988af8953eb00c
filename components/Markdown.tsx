/** Text of a host, in the subset of Markdown of `markdown.ts`. React escapes all of it, and no part becomes HTML. */
import { ExternalLink } from 'lucide-react'
import { type Block, type Inline, parseMarkdown } from '../lib/markdown.ts'

interface Options {
  /** The level of the heading above the text, so that its own headings are below it. */
  readonly below: 1 | 2 | 3
  /** For screen readers, after each link. */
  readonly newTab: string
}

const headings = { 2: 'h2', 3: 'h3', 4: 'h4', 5: 'h5', 6: 'h6' } as const

const InlinePart = ({ inline, ...options }: Options & { inline: Inline }) => {
  switch (inline.type) {
    case 'text':
      // An element of its own: programs that translate pages replace text, and React must not lose its place beside others.
      return <span suppressHydrationWarning>{inline.text}</span>
    case 'break':
      return <br />
    case 'code':
      return (
        <code className="rounded-[4px] bg-ink/6 px-1 font-mono text-[.92em]" suppressHydrationWarning>
          {inline.text}
        </code>
      )
    case 'bold':
      return (
        <strong className="font-semibold">
          <Inlines inlines={inline.children} {...options} />
        </strong>
      )
    case 'italic':
      return (
        <em>
          <Inlines inlines={inline.children} {...options} />
        </em>
      )
    case 'link':
      // The board stays open, and the other site gets neither a handle on its window nor its address.
      return (
        <a
          href={inline.href}
          target="_blank"
          rel="noopener noreferrer nofollow ugc"
          className="text-ultramarine underline decoration-ultramarine/40 underline-offset-2 hover:decoration-ultramarine"
        >
          <Inlines inlines={inline.children} {...options} />
          <ExternalLink size={12} strokeWidth={1.8} className="ms-0.5 inline align-baseline" aria-hidden />
          <span className="sr-only" suppressHydrationWarning>{` ${options.newTab}`}</span>
        </a>
      )
  }
}

// biome-ignore-start lint/suspicious/noArrayIndexKey: the parts of a text have no identity
const Inlines = ({ inlines, ...options }: Options & { inlines: readonly Inline[] }) => (
  <>
    {inlines.map((inline, index) => (
      <InlinePart key={index} inline={inline} {...options} />
    ))}
  </>
)

const BlockPart = ({ block, ...options }: Options & { block: Block }) => {
  switch (block.type) {
    case 'heading': {
      const Heading = headings[Math.min(6, options.below + block.level) as keyof typeof headings]
      return (
        <Heading className="mt-4 mb-1 font-semibold first:mt-0">
          <Inlines inlines={block.children} {...options} />
        </Heading>
      )
    }
    case 'paragraph':
      return (
        <p className="my-2 first:mt-0 last:mb-0">
          <Inlines inlines={block.children} {...options} />
        </p>
      )
    case 'list': {
      const List = block.isOrdered ? 'ol' : 'ul'
      return (
        <List
          {...(block.isOrdered ? { start: block.start } : {})}
          className={`my-2 space-y-1 ps-5 first:mt-0 last:mb-0 ${block.isOrdered ? 'list-decimal' : 'list-disc'}`}
        >
          {block.items.map((item, index) => (
            <li key={index}>
              <Inlines inlines={item} {...options} />
            </li>
          ))}
        </List>
      )
    }
  }
}

export const Markdown = ({ text, ...options }: Options & { text: string }) => (
  <div dir="auto" className="wrap-anywhere select-text">
    {parseMarkdown(text).map((block, index) => (
      <BlockPart key={index} block={block} {...options} />
    ))}
  </div>
)
// biome-ignore-end lint/suspicious/noArrayIndexKey: the parts of a text have no identity

import { expect, test } from 'vitest'
import { canvasLimits } from './canvas.ts'
import { type Block, type Inline, markdownMistake, parseMarkdown } from './markdown.ts'

/** A short form of a tree, to read and compare. */
const show = (inline: Inline): string => {
  switch (inline.type) {
    case 'text':
      return inline.text
    case 'code':
      return `<code ${inline.text}>`
    case 'break':
      return '<br>'
    case 'link':
      return `<${inline.href} ${inline.children.map(show).join('')}>`
    default:
      return `<${inline.type} ${inline.children.map(show).join('')}>`
  }
}
const showBlock = (block: Block) => {
  if (block.type === 'list')
    return { [block.isOrdered ? `from ${block.start}` : 'list']: block.items.map((item) => item.map(show).join('')) }
  return { [block.type === 'heading' ? `h${block.level}` : 'p']: block.children.map(show).join('') }
}
const parsed = (text: string) => parseMarkdown(text).map(showBlock)
const inline = (text: string) => parsed(text).map((block) => Object.values(block)[0])

test('blocks are headings, paragraphs and lists, and a line break in a paragraph stays', () => {
  const text = '# Rules\nBe kind.\nReally.\r\n\r\n- one\n  more\n* two\n3. three\n4) four\n\n### End ###\n#no heading\n####### none'
  expect(parsed(text)).toEqual([
    { h1: 'Rules' },
    { p: 'Be kind.<br>Really.' },
    { list: ['one<br>more'] },
    { list: ['two'] },
    { 'from 3': ['three'] },
    { 'from 4': ['four'] },
    { h3: 'End' },
    { p: '#no heading<br>####### none' },
  ])
})

test.each(['', ' ', '\n\n \n'])('the text %j has no block', (text) => {
  expect(parseMarkdown(text)).toEqual([])
})

test.each([
  ['**bold** and __bold__', '<bold bold> and <bold bold>'],
  ['*italic* and _italic_', '<italic italic> and <italic italic>'],
  ['**bold *both* bold**', '<bold bold <italic both> bold>'],
  ['***both***', '<italic <bold both>>'],
  ['`a *b* <i>`', '<code a *b* <i>>'],
  ['snake_case_name and __init__', 'snake_case_name and <bold init>'],
  ['2 * 3 * 4', '2 * 3 * 4'],
  ['**never closed', '**never closed'],
  ['*a **b** c*', '<italic a <bold b> c>'],
  ['****', '****'],
  ['\\*no\\* \\\\ \\a', '*no* \\ \\a'],
  ['[Wiki](https://example.org/a_(b)) now', '<https://example.org/a_(b) Wiki> now'],
  ['[**Write** us](mailto:host@example.org)', '<mailto:host@example.org <bold Write> us>'],
  [
    'See https://example.org/a_b?c=*d. Or (http://example.org)!',
    'See <https://example.org/a_b?c=*d https://example.org/a_b?c=*d>. Or (<http://example.org/ http://example.org>)!',
  ],
  ['**https://example.org/**', '<bold <https://example.org/ https://example.org/>>'],
])('%j becomes %j', (text, expected) => {
  expect(inline(text)).toEqual([expected])
})

test.each([
  '[a](javascript:alert(1))',
  '[a](JaVaScRiPt:alert)',
  '[a](data:text/html,x)',
  '[a](//example.org)',
  '[a](/c/main)',
  '[a](https:example.org)',
  '[a](https://)',
  '[a](java\nscript:x)',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
])('%j has no link and no element: it is text', (text) => {
  const [block, ...others] = parseMarkdown(text)
  const types = block?.type === 'paragraph' ? block.children.map(({ type }) => type) : []
  expect(others).toEqual([])
  expect(['text', 'text break text']).toContain(types.join(' '))
})

test('the longest text is parsed at once, whatever it repeats', () => {
  const repeated = [
    '*',
    '_',
    '**a*',
    '[',
    '[a](',
    '`',
    '# ',
    '- ',
    'http://',
    'http://.',
    '<a',
    '\\',
    ' ',
    '*a _b ',
    '![a](b',
    '> ',
    '>',
    '- - ',
    '1. ',
    '[[',
    '|',
    '~~',
    '~~~\n',
    '&',
    '<!--',
    '```',
    '[a]: b\n',
  ]
  // The thread's own time, because other processes may use the machine, too.
  const millisecondsOf = (text: string) => {
    const started = process.threadCpuUsage()
    parseMarkdown(text)
    markdownMistake(text)
    const { user, system } = process.threadCpuUsage(started)
    return (user + system) / 1_000
  }
  const texts = repeated.map((part) => part.repeat(canvasLimits.maxRules).slice(0, canvasLimits.maxRules))
  // A parser that is quadratic in the length takes tens of milliseconds here, and an exponential one never ends.
  expect(texts.filter((text) => millisecondsOf(text) > 3_000)).toEqual([])
})

test('HTML is a mistake, and a text about HTML is none', () => {
  expect(markdownMistake('Hi <script>alert(1)</script>')).toBe('must have no HTML, such as <script>; write \\< for the character itself')
  for (const text of ['<b>', '</b>', '<!-- x', '<?xml', '<img src=x onerror=y>', 'a <i>b</i>', '- <b>', '> <b>', '# <b>', '**<b>**'])
    expect(markdownMistake(text)).toContain('no HTML')
  for (const text of ['I <3 pixels', 'a < b', 'a<b', '<b', '`<script>`', '\\<script>', '5 > 4', ''])
    expect(markdownMistake(text)).toBeNull()
})

test('a link to another scheme is a mistake', () => {
  for (const text of ['[a](javascript:alert(1))', '[a](data:x)', '[a](/c/main)', '[a]()', '[a](ftp://x)']) {
    expect(markdownMistake(text)).toContain('links to http://')
  }
  for (const text of ['[a](https://example.org/(b))', '[a](mailto:a@example.org)', '[x] (y)', '\\[a](b)'])
    expect(markdownMistake(text)).toBeNull()
})

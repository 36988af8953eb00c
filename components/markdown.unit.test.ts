import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { Markdown } from './Markdown.tsx'

const html = (text: string) =>
  renderToStaticMarkup(createElement(Markdown, { text, below: 2, newTab: '(opens in a new tab)' })).replaceAll(/<\/?span>/g, '')

test('headings are below the heading of the panel, and lists keep their numbers', () => {
  expect(html('# Be kind')).toMatch(/<h3 [^>]*>Be kind<\/h3>/)
  expect(html('3. three\n4. **four**')).toMatch(/<ol start="3"[^>]*><li>three<\/li><li><strong[^>]*>four<\/strong><\/li><\/ol>/)
})

test('a link opens outside the board without a handle on its window', () => {
  const shown = html('[Wiki](https://wiki.example/a?b=1&c=2)')
  expect(shown).toContain('href="https://wiki.example/a?b=1&amp;c=2"')
  expect(shown).toContain('target="_blank"')
  expect(shown).toContain('rel="noopener noreferrer nofollow ugc"')
  expect(shown).toContain('(opens in a new tab)')
})

test.each([
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '[x](javascript:alert(1))',
  '[x](data:text/html,<script>alert(1)</script>)',
  '<a href="javascript:alert(1)">x</a>',
  '[<svg/onload=alert(1)>](https://a.example/"onmouseover="alert(1))',
  '`<iframe src=//evil.example>`',
])('%s is text and becomes no element', (text) => {
  const tags = [...html(text).matchAll(/<([a-z0-9]+)[ >]/g)].map(([, tag]) => tag)
  expect(tags.filter((tag) => ['script', 'img', 'iframe'].includes(tag ?? ''))).toEqual([])
  expect(html(text)).not.toMatch(/href="(?!https?:|mailto:)/)
  expect(html(text)).not.toMatch(/<[^>]*\son\w+=/)
})

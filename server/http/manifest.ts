/** The web app manifest (W3C), which names the page on the home screen of a phone. */
import type { Canvas } from '../../lib/canvas.ts'
import type { Site } from '../../lib/site.ts'
import { directionOf } from '../../lib/words/language.ts'
import type { PageWords } from '../../lib/words/page-words.ts'

/** Phones show three or four. */
const maxShortcuts = 3

const icon = (size: number, name = `icon-${size}`) => ({ src: `/icons/${name}.png`, sizes: `${size}x${size}`, type: 'image/png' })

const shortcut = (name: string, url: string) => ({ name, url, icons: [icon(192)] })

export interface ManifestOptions {
  /** Those on the start page, in its order. */
  readonly boards: readonly Pick<Canvas, 'id' | 'title'>[]
  readonly words: PageWords
}

export const manifestOf = ({ name, description }: Pick<Site, 'name' | 'description'>, { boards, words }: ManifestOptions) => ({
  id: '/',
  lang: words.language,
  dir: directionOf(words.language),
  name,
  short_name: name,
  ...(description && { description }),
  start_url: '/',
  scope: '/',
  display: 'standalone',
  background_color: '#f0ece4',
  theme_color: '#f0ece4',
  icons: [
    icon(192),
    icon(512),
    { ...icon(512, 'icon-maskable-512'), purpose: 'maskable' },
    { src: '/icons/icon.svg', sizes: 'any', type: 'image/svg+xml' },
  ],
  shortcuts: [
    ...boards.slice(0, maxShortcuts).map(({ id, title }) => shortcut(title, `/c/${id}`)),
    shortcut(words.t('site.boards'), '/boards'),
  ],
})

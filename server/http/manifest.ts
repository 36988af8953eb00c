/** The web app manifest (W3C), which names the page on the home screen of a phone. */
import type { Site } from '../../lib/site.ts'

const icon = (size: number, name = `icon-${size}`) => ({ src: `/icons/${name}.png`, sizes: `${size}x${size}`, type: 'image/png' })

export const manifestOf = ({ name, description }: Pick<Site, 'name' | 'description'>) => ({
  name,
  short_name: name,
  ...(description && { description }),
  start_url: '/',
  display: 'standalone',
  background_color: '#f0ece4',
  theme_color: '#f0ece4',
  icons: [
    icon(192),
    icon(512),
    { ...icon(512, 'icon-maskable-512'), purpose: 'maskable' },
    { src: '/icons/icon.svg', sizes: 'any', type: 'image/svg+xml' },
  ],
})

import { GeistMono } from 'geist/font/mono'
import { GeistPixelSquare } from 'geist/font/pixel/square'
import { GeistSans } from 'geist/font/sans'
import type { Metadata, Viewport } from 'next'
import { headers } from 'next/headers'
import type { CSSProperties, ReactNode } from 'react'
import { LanguageProvider } from '../components/language.tsx'
import { PageWorker } from '../components/PageWorker.tsx'
import { SiteProvider } from '../components/site.tsx'
import { themeScript } from '../components/theme-script.ts'
import { accentsOf } from '../lib/accent.ts'
import { directionOf } from '../lib/words/language.ts'
import { pageCatalogues } from '../lib/words/page-catalogues.ts'
import { readLanguage, readWords } from './language.ts'
import { readSite } from './site.ts'
import './globals.css'

export const generateMetadata = async (): Promise<Metadata> => {
  const { name, description, logo } = await readSite()
  return {
    title: { default: name, template: `%s · ${name}` },
    description: description || (await readWords()).t('page.description'),
    applicationName: name,
    manifest: `/manifest.webmanifest?language=${await readLanguage()}`,
    icons: { icon: logo ?? '/icons/icon.svg', apple: '/icons/apple-touch-icon.png' },
  }
}

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  viewportFit: 'cover',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f0ece4' },
    { media: '(prefers-color-scheme: dark)', color: '#0f0e0c' },
  ],
}

/** In the first HTML, so that no other color flashes. `globals.css` chooses the one of the theme. */
const accentStyle = (accent: string | null): CSSProperties => {
  if (accent === null) return {}
  const { light, dark } = accentsOf(accent)
  return { '--accent-light': light, '--accent-dark': dark } as CSSProperties
}

/** Rendered for each request: the nonce of the content security policy is new every time, and so may be the host's settings. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const language = await readLanguage()
  const { t } = await readWords()
  const nonce = (await headers()).get('x-nonce') ?? undefined
  const site = await readSite()
  return (
    <html
      lang={language}
      dir={directionOf(language)}
      className={`${GeistSans.variable} ${GeistMono.variable} ${GeistPixelSquare.variable}`}
      style={accentStyle(site.accent)}
      suppressHydrationWarning
    >
      <head>
        <script nonce={nonce} suppressHydrationWarning>
          {themeScript}
        </script>
      </head>
      {/* Browser extensions set attributes here before React starts. */}
      <body suppressHydrationWarning>
        {/* Hidden by the style sheet, which a page below a path cannot load. The image, relative to the page, shows the server (`setup-watch.ts`). */}
        <p className="without-styles">
          {/* biome-ignore lint/performance/noImgElement: Next's own image would have an absolute path. */}
          <img src="icons/icon.svg" alt="" width={32} height={32} loading="lazy" />
          <span suppressHydrationWarning>{t('page.withoutStyles')}</span>
        </p>
        <LanguageProvider language={language} messages={pageCatalogues[language]}>
          <SiteProvider site={site}>{children}</SiteProvider>
          <PageWorker />
        </LanguageProvider>
      </body>
    </html>
  )
}

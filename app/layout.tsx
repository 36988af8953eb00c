import { GeistMono } from 'geist/font/mono'
import { GeistPixelSquare } from 'geist/font/pixel/square'
import { GeistSans } from 'geist/font/sans'
import type { Metadata, Viewport } from 'next'
import { headers } from 'next/headers'
import type { ReactNode } from 'react'
import { LanguageProvider } from '../components/language.tsx'
import { themeScript } from '../components/theme-script.ts'
import { chooseLanguage, productName } from '../lib/words/language.ts'
import { pageWordsOf } from '../lib/words/page-words.ts'
import './globals.css'

export const generateMetadata = (): Metadata => ({
  title: productName,
  description: pageWordsOf(chooseLanguage()).t('page.description'),
  applicationName: productName,
  manifest: '/manifest.webmanifest',
  icons: { icon: '/icons/icon.svg', apple: '/icons/apple-touch-icon.png' },
})

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  viewportFit: 'cover',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f0ece4' },
    { media: '(prefers-color-scheme: dark)', color: '#0f0e0c' },
  ],
}

/** Rendered for each request: the nonce of the content security policy is new every time. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const language = chooseLanguage()
  const nonce = (await headers()).get('x-nonce') ?? undefined
  return (
    <html lang={language} className={`${GeistSans.variable} ${GeistMono.variable} ${GeistPixelSquare.variable}`} suppressHydrationWarning>
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
          <span suppressHydrationWarning>{pageWordsOf(language).t('page.withoutStyles')}</span>
        </p>
        <LanguageProvider language={language}>{children}</LanguageProvider>
      </body>
    </html>
  )
}

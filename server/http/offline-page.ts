/** The page that the service worker keeps for times without a connection. It has no script and needs no other file. */
import { directionOf } from '../../lib/words/language.ts'
import type { PageWords } from '../../lib/words/page-words.ts'

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => escapes[character] ?? '')

/** `style` attributes only, which this policy allows. The link leads to the address that the browser shows. */
export const offlinePolicy = `default-src 'none'; style-src-attr 'unsafe-inline'; frame-ancestors 'none'`

const styles = {
  body: 'margin:0;min-height:100dvh;display:grid;place-items:center;font:15px/1.45 system-ui,sans-serif;background:Canvas;color:CanvasText',
  main: 'max-width:24rem;padding:24px;text-align:center',
  title: 'margin:0 0 8px;font-size:20px',
  link: 'display:inline-block;margin-top:16px;padding:13px 22px;border-radius:10px;background:light-dark(#2b46c4,#8ea0ff);color:light-dark(#fff,#111);font-weight:600;text-decoration:none',
}

export const offlinePage = (siteName: string, { t, language }: PageWords): string => `<!doctype html>
<html lang="${language}" dir="${directionOf(language)}" style="color-scheme:light dark">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(`${t('offline.title')} · ${siteName}`)}</title>
</head>
<body style="${styles.body}">
<main style="${styles.main}">
<h1 style="${styles.title}">${escaped(t('offline.title'))}</h1>
<p>${escaped(t('offline.body'))}</p>
<a href="" style="${styles.link}">${escaped(t('offline.action'))}</a>
</main>
</body>
</html>
`

'use client'

import { useWords } from './language.tsx'
import { Markdown } from './Markdown.tsx'
import { SiteFooter } from './SiteFooter.tsx'
import { Wordmark } from './Wordmark.tsx'

/** A text of the host on a page of its own. */
export const TextPage = ({ title, text }: { title: string; text: string }) => {
  const { t } = useWords()
  return (
    <div className="ground flex min-h-dvh flex-col gap-6">
      <main className="beside-notch mx-auto w-full max-w-[720px] grow pt-6 sm:pt-10">
        <a href="/" className="block w-fit max-w-full font-wordmark text-[22px]" title={t('site.home')}>
          <Wordmark />
        </a>
        <article className="card mt-4 p-5 sm:p-8">
          <h1 className="mb-4 font-semibold text-xl tracking-tight" suppressHydrationWarning>
            {title}
          </h1>
          <Markdown text={text} below={1} newTab={t('rules.newTab')} />
        </article>
      </main>
      <SiteFooter />
    </div>
  )
}

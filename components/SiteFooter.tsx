'use client'

import { lazy, Suspense } from 'react'
import { LanguageSelect } from './LanguageSelect.tsx'
import { useWords } from './language.tsx'
import { useSite } from './site.tsx'

/** Most sites have no text here, and the first load is smaller without the reader of Markdown. */
const Markdown = lazy(() => import('./Markdown.tsx').then((loaded) => ({ default: loaded.Markdown })))

/** How visitors reach the host, and the way to the privacy policy. Nothing while the host has set neither. */
export const SiteLinks = ({ className }: { className: string }) => {
  const { t } = useWords()
  const { contact, hasPrivacy } = useSite()
  if (contact === '' && !hasPrivacy) return null
  return (
    <div className={`text-[12.5px] text-muted ${className}`} data-testid="site-links">
      {contact !== '' && (
        <Suspense>
          <Markdown text={contact} below={2} newTab={t('rules.newTab')} />
        </Suspense>
      )}
      {hasPrivacy ? (
        <a
          className="flex w-fit items-center underline underline-offset-2 hover:text-ink pointer-coarse:h-[44px]"
          href="/privacy"
          suppressHydrationWarning
        >
          {t('site.privacy')}
        </a>
      ) : null}
    </div>
  )
}

export const SiteFooter = () => (
  <footer className="beside-notch mx-auto flex w-full max-w-[1440px] flex-wrap items-center justify-center gap-x-6 gap-y-2 pb-8">
    <SiteLinks className="flex flex-wrap items-baseline gap-x-6 gap-y-2" />
    <LanguageSelect className="text-[12.5px] text-muted" />
  </footer>
)

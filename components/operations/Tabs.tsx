'use client'
/** The tabs of the operations page. Each has its own address. */
import { usePathname } from 'next/navigation'
import type { MouseEvent } from 'react'
import { useOperationsWords } from './use-operations-words.ts'

const addresses = {
  delivery: '/admin',
  boards: '/admin/boards',
  webhooks: '/admin/webhooks',
  log: '/admin/log',
  settings: '/admin/settings',
} as const
export type Tab = keyof typeof addresses

const tabs = Object.keys(addresses) as Tab[]

export const useTab = (): Tab => {
  const path = usePathname()
  return tabs.find((tab) => addresses[tab] === path) ?? 'delivery'
}

/** Changes the tab without loading the page again, so that nothing that a host typed is lost. A click with a key opens a new tab or window. */
const follow = (event: MouseEvent<HTMLAnchorElement>) => {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  event.preventDefault()
  history.pushState(null, '', event.currentTarget.pathname)
}

export const Tabs = ({ current }: { current: Tab }) => {
  const { t } = useOperationsWords()
  return (
    <nav aria-label={t('tabs.label')} className="flex min-w-0 gap-1 max-sm:order-last max-sm:w-full max-sm:overflow-x-auto">
      {tabs.map((tab) => (
        <a
          key={tab}
          href={addresses[tab]}
          aria-current={tab === current ? 'page' : undefined}
          className="flex h-9 items-center rounded-button px-3 text-muted pointer-coarse:h-[44px] hover:bg-ink/6 aria-[current=page]:bg-ultramarine/12 aria-[current=page]:font-medium aria-[current=page]:text-ultramarine max-sm:px-2.5"
          onClick={follow}
        >
          {t(`tabs.${tab}`)}
        </a>
      ))}
    </nav>
  )
}

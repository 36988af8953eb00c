'use client'

/** What the host has set for all pages. */
import { createContext, type ReactNode, useContext } from 'react'
import { defaultSite, type SiteOfPage, siteOfPage } from '../lib/site.ts'

const SiteContext = createContext<SiteOfPage>(siteOfPage(defaultSite, { hasList: false }))

export const SiteProvider = ({ site, children }: { site: SiteOfPage; children: ReactNode }) => (
  <SiteContext value={site}>{children}</SiteContext>
)

export const useSite = (): SiteOfPage => useContext(SiteContext)

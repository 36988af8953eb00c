/** What the pages read from the server before they are rendered. A page reads the site and the start page once for each request. */
import type { Metadata } from 'next'
import { connection } from 'next/server'
import { cache } from 'react'
import { defaultSite, siteOfPage } from '../lib/site.ts'
import { firstBoard } from '../lib/start-page.ts'
import { getHandle } from '../server/handle.ts'

/** Null without the web role. */
export const readPages = async () => {
  // Nothing of it may be rendered while Next builds the pages, or be kept for a later request.
  await connection()
  return getHandle().pages
}

export const readSite = cache(async () => (await (await readPages())?.site()) ?? siteOfPage(defaultSite, { hasList: false }))

export const readStart = cache(async () => (await (await readPages())?.start()) ?? firstBoard)

export const metadataOfBoard = async (id: string): Promise<Metadata> => {
  const title = await (await readPages())?.boardTitle(id)
  // The template of the layout is not for the page beside it.
  return title ? { title: { absolute: `${title} · ${(await readSite()).name}` } } : {}
}

export const readList = async () => ({ boards: (await (await readPages())?.boards()) ?? null, renderedAtMs: Date.now() })

/** What the pages read from the server before they are rendered. A page reads the site and the start page once for each request. */
import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { connection } from 'next/server'
import { cache } from 'react'
import { linkPath, parseLocation } from '../lib/board-location.ts'
import { placePicturePath, placePictureSize } from '../lib/place-picture.ts'
import { defaultSite, siteOfPage } from '../lib/site.ts'
import { firstBoard } from '../lib/start-page.ts'
import { getHandle } from '../server/handle.ts'
import { readWords } from './language.ts'

/** Null without the web role. */
export const readPages = async () => {
  // Nothing of it may be rendered while Next builds the pages, or be kept for a later request.
  await connection()
  return getHandle().pages
}

export const readSite = cache(async () => (await (await readPages())?.site()) ?? siteOfPage(defaultSite, { hasList: false }))

export const readStart = cache(async () => (await (await readPages())?.start()) ?? firstBoard)

/** How programs that show links show a board: with a picture of the place that the link leads to, at absolute addresses. */
export const metadataOfBoard = async (id: string): Promise<Metadata> => {
  const board = await (await readPages())?.board(id)
  if (!board) return {}
  const { name, description: written } = await readSite()
  // The template of the layout is not for the page beside it.
  const title = { absolute: `${board.title} · ${name}` }
  const asked = await headers()
  const origin = asked.get('x-origin')
  if (!origin) return { title }
  const location = parseLocation(new URLSearchParams(asked.get('x-location') ?? ''))
  const description = written || (await readWords()).t('page.description')
  const url = location ? linkPath(board.id, location) : `/c/${board.id}`
  const images = [{ url: placePicturePath(board, location), ...placePictureSize, type: 'image/png', alt: board.title }]
  return {
    title,
    metadataBase: new URL(origin),
    openGraph: { type: 'website', siteName: name, title: board.title, description, url, images },
    twitter: { card: 'summary_large_image', title: board.title, description, images },
  }
}

export const readList = async () => ({ boards: (await (await readPages())?.boards()) ?? null, renderedAtMs: Date.now() })

/** The boards page, and the boards as the server has them. */
import type { Page } from '@playwright/test'
import type { AdminCanvas } from '../../lib/show-canvas.ts'
import { expect } from './fixtures.ts'
import type { FrescoServer } from './server.ts'

/** Signs in on the boards page of a server with one open board. */
export const openBoards = async (page: Page, server: FrescoServer) => {
  await page.goto(`${server.url}/admin/boards`)
  await page.getByLabel('Admin token').fill(server.adminToken)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { name: '1 board is open' })).toBeVisible()
}

export const adminOf = (server: FrescoServer) => ({ authorization: `Bearer ${server.adminToken}` })

/** The board as the server has it. */
export const stored = async (server: FrescoServer, id = 'main') => {
  const answer = await fetch(`${server.url}/api/admin/canvases`, { headers: adminOf(server) })
  const { canvases } = (await answer.json()) as { canvases: AdminCanvas[] }
  return canvases.find((canvas) => canvas.id === id)
}

/** Another admin changes the board at the same time. */
export const patch = (server: FrescoServer, rev: number, change: object) =>
  fetch(`${server.url}/api/admin/canvases/main`, {
    method: 'PATCH',
    headers: { ...adminOf(server), 'content-type': 'application/json', 'if-match': String(rev) },
    body: JSON.stringify(change),
  })

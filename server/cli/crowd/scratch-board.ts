/** A board for a load test: created for it, and deleted after it. */
import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { CommandFailure } from '../command.ts'
import { requestJson } from '../running-server.ts'
import { canvasSchema, type ShownCanvas } from './clicks.ts'

export interface AdminServer {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
}

const namePrefix = 'load-test-'
/** One tile, and few bytes for each watcher. */
const side = 512
const attempts = 5

const boardSchema = canvasSchema.extend({ rev: z.int() })
const listSchema = z.object({ canvases: z.array(z.object({ id: z.string(), rev: z.int() })) })
const deletedSchema = z.object({ deleting: z.literal(true) })

const send = <Shape>(
  schema: z.ZodType<Shape>,
  { url, headers }: AdminServer,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: object,
) =>
  requestJson(schema, {
    url: new URL(path, url),
    method,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: new TextEncoder().encode(JSON.stringify(body)) }),
  })

const path = '/api/admin/canvases'
const list = (server: AdminServer) => send(listSchema, server, 'GET', path)

/** The boards that earlier load tests could not delete. */
export const leftBoards = async (server: AdminServer): Promise<string[]> =>
  (await list(server)).canvases.map(({ id }) => id).filter((id) => id.startsWith(namePrefix))

/** Nobody finds it in a list. @throws {CommandFailure} with the server's sentence, also when there are as many boards as there may be. */
export const createScratchBoard = (server: AdminServer): Promise<ShownCanvas> =>
  send(boardSchema, server, 'POST', path, {
    id: `${namePrefix}${randomBytes(4).toString('hex')}`,
    title: 'Load test, deleted at its end',
    width: side,
    height: side,
    tileSize: side,
    cooldownMs: 0,
    visibility: 'link',
    state: 'open',
  })

/** Tries several times, because the server may be busy still. @throws {CommandFailure} with the command that deletes the board. */
export const deleteScratchBoard = async (server: AdminServer, id: string) => {
  for (let attempt = 1; ; attempt++) {
    try {
      const rev = (await list(server)).canvases.find((canvas) => canvas.id === id)?.rev
      if (rev === undefined) return
      const headers = { ...server.headers, 'if-match': String(rev) }
      await send(deletedSchema, { ...server, headers }, 'DELETE', `${path}/${id}`, { confirm: id })
      return
    } catch (error) {
      if (!(error instanceof CommandFailure)) throw error
      if (attempt === attempts)
        throw new CommandFailure(
          `${error.message}\nThe board "${id}" is still there. Delete it: fresco canvas delete ${id} --confirm ${id}`,
        )
      await wait(1_000)
    }
  }
}

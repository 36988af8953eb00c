/** A data folder with a whole picture, imported as an operator does. It is made once and copied for each side. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { BenchFailure } from '../framework/bench.ts'
import { Scope } from '../framework/scope.ts'
import { readBoard } from '../load/verify.ts'
import type { KnownBoard } from '../load/watcher.ts'
import { bothCores } from './cores.ts'
import { Fresco, secrets } from './fresco.ts'
import { benchPicture, place2017 } from './picture.ts'

export interface Painted {
  readonly dataDir: string
  readonly env: Readonly<Record<string, string>>
  /** Tile 0, as the API shows it. */
  readonly board: KnownBoard
}

const made = new Map<number, Promise<Painted>>()

/** The coordinate of the picture's first pixel in the middle of a board of `side` × `side`. */
export const pictureOrigin = (side: number) => (side - 1_000) / 2

/** A board of `side` × `side` with the picture in its middle. */
export const paintedBoard = (side = 1_000): Promise<Painted> => {
  const known = made.get(side) ?? paint(side)
  made.set(side, known)
  return known
}

const paint = async (side: number): Promise<Painted> => {
  const kept = mkdtempSync(join(tmpdir(), 'fresco-bench-painted-'))
  process.once('exit', () => rmSync(kept, { recursive: true, force: true }))
  const env = { CANVAS_WIDTH: String(side), CANVAS_HEIGHT: String(side), CANVAS_PALETTE: place2017.join(',') }
  const scope = new Scope()
  try {
    const server = await Fresco.start({ scope, core: bothCores, env })
    await upload(server, { png: benchPicture().png, gx: pictureOrigin(side), gy: pictureOrigin(side) })
    const board = await publishedBoard(server)
    await server.child.end('SIGTERM')
    cpSync(server.dataDir, kept, { recursive: true })
    return { dataDir: kept, env, board }
  } finally {
    await scope.close()
  }
}

/** Imports a picture through the log at a position. */
interface Upload {
  readonly png: Uint8Array
  readonly gx: number
  readonly gy: number
  readonly canvas?: string
}

export const upload = async (server: Fresco, { png, gx, gy, canvas = 'main' }: Upload) => {
  const response = await fetch(`${server.url}/api/admin/canvases/${canvas}/picture?gx=${gx}&gy=${gy}&nearest=1`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secrets.ADMIN_TOKEN}`, 'content-type': 'image/png' },
    body: Buffer.from(png),
  })
  if (response.status !== 200) throw new BenchFailure(`The picture could not be painted: ${response.status} ${await response.text()}`)
}

/** The board after everything is published. */
export const publishedBoard = async (server: Fresco): Promise<KnownBoard> => {
  for (let tries = 0; tries < 600; tries++) {
    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    const waiting = [...metrics.matchAll(/^fresco_outbox_backlog\{state="\w+"\} (\d+)$/gm)].map((match) => Number(match[1]))
    if (waiting.length === 2 && waiting.every((count) => count === 0)) return readBoard(server.port)
    await wait(100)
  }
  throw new BenchFailure('The painted picture is not published after a minute.')
}

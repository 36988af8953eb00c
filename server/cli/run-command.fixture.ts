import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { readConfig } from '../config.ts'
import { runCommand } from './run-command.ts'

export const adminToken = 'an-admin-token-of-32-characters-x'

interface Asked {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

/** A stand-in for Fresco: records its requests and answers as the test sets. */
const createStandIn = async () => {
  const asked: Asked[] = []
  let answer: (response: ServerResponse) => void = (response) => response.writeHead(500).end()
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      asked.push({ method: request.method, url: request.url, headers: request.headers, body })
      answer(response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    asked,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    port: (server.address() as AddressInfo).port,
    willAnswer(next: typeof answer) {
      answer = next
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export const json =
  (status: number, value: unknown, type = 'application/json') =>
  (response: ServerResponse) =>
    void response.writeHead(status, { 'content-type': type }).end(JSON.stringify(value))

export const problem = (status: number, detail: string) => json(status, { status, detail }, 'application/problem+json')

export let folder: string
export let standIn: Awaited<ReturnType<typeof createStandIn>>
export let picture: string
export const pictureBytes = Buffer.from('what is in the file matters to the server only')

/** For `beforeEach`. */
export const setUp = async () => {
  folder = await mkdtemp(join(tmpdir(), 'fresco-cli-'))
  standIn = await createStandIn()
  picture = join(folder, 'picture.png')
  await writeFile(picture, pictureBytes)
}

/** For `afterEach`. */
export const tearDown = async () => {
  await standIn.close()
  await rm(folder, { recursive: true })
}

/** Closes the stand-in for the time of `act`. */
export const withoutServer = async (act: () => Promise<void>) => {
  await standIn.close()
  await act()
  standIn = await createStandIn()
}

export const run = async (args: readonly string[], env: Record<string, string> = {}, typed: string | null = null) => {
  const out: string[] = []
  const err: string[] = []
  let nowMs = 0
  const ask = (question: string) => {
    err.push(question)
    return Promise.resolve(typed ?? '')
  }
  const code = await runCommand({
    args,
    config: () => readConfig({ ADMIN_TOKEN: adminToken, HOST: '127.0.0.1', PORT: String(standIn.port), DATA_DIR: folder, ...env }),
    print: (line) => void out.push(line),
    progress: (line) => void err.push(line),
    ask: typed === null ? null : ask,
    now: () => (nowMs += 1_234),
  })
  return { code, out: out.join('\n'), err: err.join('\n') }
}

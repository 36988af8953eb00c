/**
 * A running server, as commands talk to it: where it is, who the operator is, and one request at a time.
 *
 * `node:http` and not `fetch`: painting a large picture takes minutes before the first byte of the answer, and `fetch` gives up after
 * five. Errors of the server come back as the sentence that its problem carries.
 */
import { readFile } from 'node:fs/promises'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Config } from '../config.ts'
import { adminTokenFile } from '../http/secrets.ts'
import { type CommandContext, CommandFailure, UsageError } from './command.ts'

/** The configuration, or a failure that lists all that is wrong with the environment. */
export const configOf = (context: CommandContext): Config => {
  const result = context.config()
  if (result.ok) return result.config
  throw new CommandFailure(['The environment is not right:', ...result.mistakes.map((mistake) => `  ${mistake}`)].join('\n'))
}

/** `--url` when it is given, else the first PUBLIC_URL, else this machine. */
export const serverUrl = (given: string | undefined, config: Config): URL => {
  const text = given ?? config.publicUrls[0] ?? `http://localhost:${config.port}`
  if (given === undefined && config.publicUrls.length === 0 && config.port === 0) {
    throw new UsageError('PORT is 0, so the port is not known: say where the server is with --url.')
  }
  const url = URL.parse(text)
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return url
  throw new UsageError(`--url must be an http or https address, got "${text}".`)
}

/** ADMIN_TOKEN, or the one that the server made in DATA_DIR. */
export const readAdminToken = async (config: Config): Promise<string> => {
  if (config.adminToken) return config.adminToken
  const path = join(config.dataDir, adminTokenFile)
  const token = (await readFile(path, 'utf8').catch(() => '')).trim()
  if (token) return token
  throw new CommandFailure(`There is no admin token: set ADMIN_TOKEN, or DATA_DIR to the server's folder (${path} could not be read).`)
}

export interface ServerRequest {
  readonly url: URL
  readonly method: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  /** The media type of the answer; with another one it is not Fresco that answers. */
  readonly accept: string
}

/** The answer when it is a success. @throws {CommandFailure} with the server's own sentence otherwise, or when there is no server. */
export const askServer = async ({ url, method, headers, body, accept }: ServerRequest): Promise<IncomingMessage> => {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest
    const length = body ? { 'content-length': body.length } : {}
    const request = send(url, { method, agent: false, headers: { ...headers, ...length, accept } }, resolve)
    request.on('error', reject)
    request.end(body)
  }).catch((cause: unknown) => {
    throw new CommandFailure(`The server at ${url.origin} did not answer (${reasonOf(cause)}). Is it running?`, { cause })
  })
  if (answer.statusCode === 200 && answer.headers['content-type']?.startsWith(accept)) return answer
  const sentence = sentenceOf(await text(answer).catch(() => ''))
  throw new CommandFailure(sentence ?? `What answers at ${url.origin} does not seem to be Fresco (status ${answer.statusCode}).`)
}

/** A failed connection to several addresses has an empty message and the reasons inside. */
const reasonOf = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException
  return code ?? message
}

const sentenceOf = (body: string): string | null => {
  try {
    const problem: unknown = JSON.parse(body)
    const detail = problem && typeof problem === 'object' && 'detail' in problem ? problem.detail : null
    return typeof detail === 'string' ? detail : null
  } catch {
    return null
  }
}

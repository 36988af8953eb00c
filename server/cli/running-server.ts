/**
 * Sends requests to a running server, for commands. Errors of the server become failures with the detail of its problem.
 *
 * Uses `node:http`, because `fetch` stops after five minutes without an answer, and painting a large picture may take longer.
 */
import { readFile } from 'node:fs/promises'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIPv6 } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { ZodType } from 'zod'
import { printable } from '../../lib/printable.ts'
import { adminTokenFile } from '../accounts/secrets.ts'
import type { Config } from '../config.ts'
import { cliUserAgent } from '../http/setup-watch.ts'
import { type CommandContext, CommandFailure, UsageError } from './command.ts'

/** @throws {CommandFailure} that lists every mistake in the environment. */
export const configOf = (context: CommandContext): Config => {
  const result = context.config()
  if (result.ok) return result.config
  throw new CommandFailure(['Invalid environment variables:', ...result.mistakes.map((mistake) => `  ${mistake}`)].join('\n'))
}

const anywhere: Readonly<Record<string, string>> = { '0.0.0.0': 'localhost', '::': 'localhost' }

/** `--url`, else this machine. PUBLIC_URL may lead to a proxy, which has other limits and answers. */
export const serverUrl = (given: string | undefined, { host, port }: Config): URL => {
  if (given === undefined && port === 0) {
    throw new UsageError('PORT is 0, so the port is unknown. Give the address of the server with --url.')
  }
  const name = anywhere[host] ?? (isIPv6(host) ? `[${host}]` : host)
  const text = given ?? `http://${name}:${port}`
  const url = URL.parse(text)
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) {
    if (url.pathname === '/' && !url.search && !url.hash) return url
    throw new UsageError(`--url must have no path, because Fresco is at the root of its address, got "${text}".`)
  }
  throw new UsageError(`--url must be an http or https address, got "${text}".`)
}

/** ADMIN_TOKEN, else the token that the server generated in DATA_DIR. */
export const readAdminToken = async (config: Config): Promise<string> => {
  if (config.adminToken) return config.adminToken
  const path = join(config.dataDir, adminTokenFile)
  const token = (await readFile(path, 'utf8').catch(() => '')).trim()
  if (token) return token
  throw new CommandFailure(`There is no admin token: set ADMIN_TOKEN, or DATA_DIR to the server's folder (${path} could not be read).`)
}

/** A server, and the headers that make a request an operator's. */
export const adminServer = async (context: CommandContext, url: string | undefined) => {
  const config = configOf(context)
  return { url: serverUrl(url, config), headers: { authorization: `Bearer ${await readAdminToken(config)}` } }
}

export interface ServerRequest {
  readonly url: URL
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  /** The media type of the answer. With another one, the server is not Fresco. */
  readonly accept: string
}

const successes: ReadonlySet<number> = new Set([200, 201, 202])

/** @throws {CommandFailure} with the server's own sentence for an error, or when there is no server. */
export const sendRequest = async ({ url, method, headers, body, accept }: ServerRequest): Promise<IncomingMessage> => {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest
    const length = body ? { 'content-length': body.length } : {}
    const request = send(url, { method, agent: false, headers: { 'user-agent': cliUserAgent, ...headers, ...length, accept } }, resolve)
    request.on('error', reject)
    request.end(body)
  }).catch((cause: unknown) => {
    throw new CommandFailure(`The server at ${url.origin} did not answer (${reasonOf(cause)}). Is it running?`, { cause })
  })
  if (successes.has(answer.statusCode ?? 0) && answer.headers['content-type']?.startsWith(accept)) return answer
  const content = await text(answer).catch(() => '')
  throw new CommandFailure(sentenceOf(answer, content) ?? foreignSentence(url, answer))
}

/** The JSON of a successful answer. @throws {CommandFailure} also when it is incomplete or has another shape. */
export const requestJson = async <Shape>(schema: ZodType<Shape>, request: Omit<ServerRequest, 'accept'>): Promise<Shape> => {
  const answer = await sendRequest({ ...request, accept: 'application/json' })
  const body = await text(answer).catch((cause: unknown) => {
    throw new CommandFailure(`The answer of the server at ${request.url.origin} was cut off (${reasonOf(cause)}).`, { cause })
  })
  const read = schema.safeParse(parseJson(body))
  if (read.success) return read.data
  throw new CommandFailure(foreignSentence(request.url, answer))
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A failed connection to several addresses has a code and an empty message. */
const reasonOf = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException
  return code ?? message
}

/** The detail of a problem document (RFC 9457), which only Fresco sends. */
const sentenceOf = ({ headers }: IncomingMessage, body: string): string | null => {
  if (!headers['content-type']?.startsWith('application/problem+json')) return null
  const problem = parseJson(body)
  const detail = problem && typeof problem === 'object' && 'detail' in problem ? problem.detail : null
  return typeof detail === 'string' ? printable(detail) : null
}

/** The meaning of an answer that is not Fresco's, by status. Most come from a proxy. */
const proxySentences: Readonly<Record<number, string>> = {
  401: 'requires a password before it forwards requests to Fresco',
  403: 'refused the request before it reached Fresco',
  413: 'refused the request as too large before it reached Fresco (nginx: client_max_body_size)',
  429: 'limits requests before they reach Fresco',
  502: 'cannot reach Fresco: is it running?',
  503: 'cannot reach Fresco: is it running?',
  504: 'got no answer from Fresco in time',
}

const foreignSentence = (url: URL, { statusCode = 0, headers }: IncomingMessage): string => {
  const remedy = 'Use --url with the address that Fresco itself listens on.'
  if (headers.location) return `${url.origin} redirects to ${headers.location} (status ${statusCode}). ${remedy}`
  const sentence = proxySentences[statusCode]
  if (sentence) return `A proxy at ${url.origin} ${sentence} (status ${statusCode}). ${remedy}`
  return `The server at ${url.origin} does not seem to be Fresco (status ${statusCode}). ${remedy}`
}

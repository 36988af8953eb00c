/** `fetch` with the command line's `User-Agent`. */
import { cliUserAgent } from '../../http/setup-watch.ts'

export const crowdHeaders = { 'user-agent': cliUserAgent }

export const fetchFrom = (url: string, init: RequestInit & { headers?: Readonly<Record<string, string>> } = {}) =>
  fetch(url, { ...init, headers: { ...crowdHeaders, ...init.headers } })

export const fetchBoard = (url: string, canvas: string, tile: number) =>
  fetchFrom(`${url}/api/canvases/${canvas}/tiles/${tile}/board`, { headers: { 'cache-control': 'no-cache' } })

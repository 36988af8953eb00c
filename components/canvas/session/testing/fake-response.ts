/** Answers of a `FakeServer`, and bodies that arrive slowly. */
import type { FakeServer } from './fake-server.ts'

/** The part of a `Response` that the session uses, without the macrotasks of a real one. */
export const fakeResponse = (status: number, headers: Record<string, string>, body: Uint8Array): Response =>
  ({
    ok: status < 400,
    status,
    headers: new Headers(headers),
    json: async () => JSON.parse(new TextDecoder().decode(body)) as unknown,
    arrayBuffer: async () => body.slice().buffer,
  }) as unknown as Response

/** A body that arrives in parts, one each 100 ms. All downloads share the bandwidth. */
export const slowBody = (server: FakeServer, bytes: Uint8Array, signal: AbortSignal | null | undefined) => {
  let sent = 0
  server.boardsUnderWay++
  server.mostBoardsUnderWay = Math.max(server.mostBoardsUnderWay, server.boardsUnderWay)
  const end = () => {
    server.boardsUnderWay--
  }
  const read = (): Promise<{ done: boolean; value?: Uint8Array }> =>
    new Promise((resolve, reject) => {
      if (sent >= bytes.length) {
        end()
        return resolve({ done: true })
      }
      const stopped = () => {
        end()
        reject(new TypeError('aborted'))
      }
      if (signal?.aborted) return stopped()
      signal?.addEventListener('abort', stopped, { once: true })
      const more = () => {
        if (signal?.aborted) return
        const count = server.network === 'up' ? Math.floor((100 * (server.boardBytesPerMs ?? 1e6)) / server.boardsUnderWay) : 0
        if (count === 0) {
          server.clock.timers.set(more, 100)
          return
        }
        signal?.removeEventListener('abort', stopped)
        const value = bytes.slice(sent, sent + count)
        sent += value.length
        resolve({ done: false, value })
      }
      server.clock.timers.set(more, 100)
    })
  return { getReader: () => ({ read, cancel: async () => end() }) }
}

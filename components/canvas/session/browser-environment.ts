/** Everything that a session needs of a browser, in one object; tests pass their own. */
import { io } from 'socket.io-client'
import type { SessionEnvironment } from './types.ts'

export const browserEnvironment = (): SessionEnvironment => ({
  fetch: (...args) => window.fetch(...args),
  // WebSocket first; long polling where something in between forbids it. The session reconnects by itself.
  io: () =>
    io({
      path: '/socket.io',
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      reconnection: false,
      autoConnect: false,
      forceNew: true,
    }),
  now: () => Date.now(),
  random: () => Math.random(),
  timers: {
    set: (callback, delayMs) => window.setTimeout(callback, delayMs),
    clear: (timer) => window.clearTimeout(timer),
  },
  watch: (listener) => {
    const stop = new AbortController()
    const { signal } = stop
    window.addEventListener('online', () => listener('online'), { signal })
    window.addEventListener('offline', () => listener('offline'), { signal })
    document.addEventListener('visibilitychange', () => listener(document.hidden ? 'hidden' : 'visible'), { signal })
    // A page that comes back from the back/forward cache has lost its socket without hearing of it.
    window.addEventListener('pageshow', (event) => event.persisted && listener('visible'), { signal })
    if (document.hidden) listener('hidden')
    return () => stop.abort()
  },
  afterDraw: (callback) => void window.requestAnimationFrame(() => callback()),
  // Not `randomUUID`: it exists on secure origins only, and a community server on a local network is none.
  newKey: () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(''),
  ...storageOf(),
})

const storageOf = () => {
  try {
    return { storage: window.sessionStorage }
  } catch {
    // Forbidden by the browser's settings: own pixels then live in memory only.
    return {}
  }
}

/** Everything that a session needs from a browser, in one object that tests replace. */
import { io } from 'socket.io-client'
import { MonotonicClock } from './monotonic-clock.ts'
import type { Transport } from './transport-choice.ts'
import type { ClientSocket, SessionEnvironment } from './types.ts'

/** A longer delay than this makes `setTimeout` fire at once. */
const maxDelayMs = 2 ** 31 - 1

export const browserEnvironment = (): SessionEnvironment => ({
  fetch: (...args) => window.fetch(...args),
  io: openSocket,
  clock: new MonotonicClock({ ticks: () => performance.now(), wallClock: () => Date.now() }),
  random: () => Math.random(),
  timers: {
    set: (callback, delayMs) => window.setTimeout(callback, Math.min(maxDelayMs, delayMs)),
    clear: (timer) => window.clearTimeout(timer),
  },
  watch: (listener) => {
    const stop = new AbortController()
    const { signal } = stop
    window.addEventListener('online', () => listener('online'), { signal })
    window.addEventListener('offline', () => listener('offline'), { signal })
    document.addEventListener('visibilitychange', () => listener(document.hidden ? 'hidden' : 'visible'), { signal })
    // A page that returns from the back/forward cache has lost its socket without an event.
    window.addEventListener('pageshow', (event) => event.persisted && listener('visible'), { signal })
    if (document.hidden) listener('hidden')
    return () => stop.abort()
  },
  afterDraw: (callback) => void window.requestAnimationFrame(() => callback()),
  // Not `randomUUID`, which exists on secure origins only; a server on a local network often has plain HTTP.
  newKey: () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(''),
  ...storageOf(),
})

/** The session decides when to connect, and with which transports. */
const openSocket = (): ClientSocket => {
  const socket = io({ path: '/socket.io', reconnection: false, autoConnect: false, forceNew: true })
  return {
    get connected() {
      return socket.connected
    },
    get transport() {
      return socket.connected ? (socket.io.engine.transport.name as Transport) : null
    },
    on: (event, listener) => socket.on(event, listener),
    emit: (event, ...args) => socket.emit(event, ...args),
    connect(transports) {
      socket.io.opts.transports = [...transports]
      socket.connect()
    },
    disconnect: () => socket.disconnect(),
  }
}

const storageOf = () => {
  try {
    return { storage: window.sessionStorage, memory: window.localStorage }
  } catch {
    // The browser's settings forbid storage, so the values stay in memory only.
    return {}
  }
}

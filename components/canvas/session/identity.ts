/**
 * The painter of this page. A browser that blocks cookies would be a new guest with each request. So each request names its
 * painter, the server refuses it if the cookie belongs to another one, and the page then requests a token.
 */
import type { PainterInfo, SessionEnvironment } from './types.ts'

const tokenName = 'fresco:token'

export interface Token {
  readonly token: string
  readonly painter: PainterInfo['id']
}

export interface IdentityOptions {
  readonly storage: SessionEnvironment['storage'] | undefined
  /** `POST /api/tokens`; null if there is no answer. */
  readonly requestToken: () => Promise<Token | null>
}

export class Identity {
  readonly #options: IdentityOptions
  #token: string | null
  #painter: PainterInfo['id'] | null = null
  /** The server accepted this painter in a later request, so the browser keeps the cookie. */
  #isKept = false
  #renewing: Promise<boolean> | null = null
  /** Counts the painters of this page. */
  generation = 0

  constructor(options: IdentityOptions) {
    this.#options = options
    this.#token = this.#stored()
  }

  headers(): Record<string, string> {
    if (this.#token !== null) return { Authorization: `Bearer ${this.#token}` }
    return this.#painter === null ? {} : { 'Fresco-Painter': this.#painter }
  }

  /** The server answered a request with these headers. */
  confirm(headers: Readonly<Record<string, string>>) {
    if (headers['Fresco-Painter'] !== undefined && headers['Fresco-Painter'] === this.#painter) this.#isKept = true
  }

  setPainter(painter: PainterInfo['id']) {
    if (this.#token !== null || this.#painter === painter) return
    this.#painter = painter
    this.#isKept = false
  }

  /** The server does not accept the painter of `generation`. Returns whether the request should be repeated. */
  renew(generation: number): Promise<boolean> {
    if (generation !== this.generation) return Promise.resolve(true)
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = null
    })
    return this.#renewing
  }

  async #renew(): Promise<boolean> {
    if (this.#isKept) {
      // The session ended. The browser keeps the cookie of the next one.
      this.#painter = null
      this.#isKept = false
      this.generation++
      return true
    }
    const answer = await this.#options.requestToken()
    if (!answer) return false
    this.#token = answer.token
    this.#painter = answer.painter
    this.generation++
    this.#store(answer.token)
    return true
  }

  #stored(): string | null {
    try {
      return this.#options.storage?.getItem(tokenName) ?? null
    } catch {
      return null
    }
  }

  #store(token: string) {
    try {
      this.#options.storage?.setItem(tokenName, token)
    } catch {
      // A browser that blocks cookies often blocks storage too. The token then stays in memory only.
    }
  }
}

/**
 * Who this page paints as. A browser that keeps cookies needs nothing more; one that blocks them would be a new guest with each
 * request. So the page names its painter, the server refuses a request that is not that painter's, and the page then asks for a
 * token of its own.
 */
import type { PainterInfo, SessionEnvironment } from './types.ts'

const tokenName = 'fresco:token'

export interface Token {
  readonly token: string
  readonly painter: PainterInfo['id']
}

export interface IdentityOptions {
  readonly storage: SessionEnvironment['storage'] | undefined
  /** `POST /api/tokens`; null when there is no answer. */
  readonly askToken: () => Promise<Token | null>
}

export class Identity {
  readonly #options: IdentityOptions
  #token: string | null
  #painter: PainterInfo['id'] | null = null
  /** The server knew this painter in a later request: the cookie is kept. */
  #isKept = false
  #renewing: Promise<boolean> | null = null
  /** Counts the painters that this page was. */
  generation = 0

  constructor(options: IdentityOptions) {
    this.#options = options
    this.#token = this.#stored()
  }

  headers(): Record<string, string> {
    if (this.#token !== null) return { Authorization: `Bearer ${this.#token}` }
    return this.#painter === null ? {} : { 'Fresco-Painter': this.#painter }
  }

  /** The server answered a request that carried these headers. */
  confirm(headers: Readonly<Record<string, string>>) {
    if (headers['Fresco-Painter'] !== undefined && headers['Fresco-Painter'] === this.#painter) this.#isKept = true
  }

  learn(painter: PainterInfo['id']) {
    if (this.#token !== null || this.#painter === painter) return
    this.#painter = painter
    this.#isKept = false
  }

  /** The server does not know the painter of `generation`. Answers whether it is worth asking again. */
  renew(generation: number): Promise<boolean> {
    if (generation !== this.generation) return Promise.resolve(true)
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = null
    })
    return this.#renewing
  }

  async #renew(): Promise<boolean> {
    if (this.#isKept) {
      // The session ended; the browser does keep the cookie of the next one.
      this.#painter = null
      this.#isKept = false
      this.generation++
      return true
    }
    const answer = await this.#options.askToken()
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
      // Where cookies are blocked, storage often is as well: then the token is in memory only.
    }
  }
}

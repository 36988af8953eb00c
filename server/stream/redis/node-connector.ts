/** Makes ioredis connect to the node of a Redis Cluster that has the keys at that moment. */
import { connect as connectTcp, Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions as TlsOptions } from 'node:tls'
import { AbstractConnector } from 'ioredis'
import type { RedisHost } from './redis-address.ts'

export const connectorTo = (find: () => Promise<RedisHost>) =>
  class extends AbstractConnector {
    readonly #tls: TlsOptions | undefined

    constructor(options: unknown) {
      const { disconnectTimeout, tls } = options as { disconnectTimeout: number; tls?: TlsOptions }
      super(disconnectTimeout)
      this.#tls = tls
    }

    async connect() {
      this.connecting = true
      this.stream = await this.#open()
      this.stream.once('error', (error: Error) => {
        this.firstError = error
      })
      return this.stream
    }

    /** A socket that is destroyed already makes ioredis try again; a rejection would not. */
    async #open() {
      try {
        const address = await find()
        if (!this.connecting) return new Socket().destroy()
        return this.#tls ? connectTls({ ...address, ...this.#tls }) : connectTcp(address)
      } catch (error) {
        this.firstError = error instanceof Error ? error : new Error(String(error))
        return new Socket().destroy()
      }
    }
  }

/**
 * Whether an operator has paused publishing. The store keeps the switch, for all processes and across restarts. Each process reads it with
 * each heartbeat, and at once when another process signals a change.
 */
import type { Store } from '../store/port.ts'
import type { EventStream } from '../stream/port.ts'

export interface PublishingSwitchOptions {
  readonly store: Pick<Store, 'isPublishingPaused' | 'pausePublishing'>
  readonly stream: Pick<EventStream, 'signal'>
  readonly onResumed: () => void
}

export class PublishingSwitch {
  readonly #options: PublishingSwitchOptions
  #paused = false

  constructor(options: PublishingSwitchOptions) {
    this.#options = options
  }

  get isPaused() {
    return this.#paused
  }

  /** @throws when the store does not answer; the value then stays as it was. */
  async refresh() {
    const wasPaused = this.#paused
    this.#paused = await this.#options.store.isPublishingPaused()
    if (wasPaused && !this.#paused) this.#options.onResumed()
  }

  async set(paused: boolean) {
    await this.#options.store.pausePublishing(paused)
    await this.refresh()
    this.#options.stream.signal({ kind: 'publishing' })
  }
}

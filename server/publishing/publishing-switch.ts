/**
 * Whether an operator has paused publishing. The store keeps it, for all processes and across restarts; publishers ask here before each
 * round. Looked up every second (with the heartbeat), and at once when another process says that it changed.
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

  /** @throws when the store does not answer; then what was last known holds. */
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

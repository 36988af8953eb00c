/** Loads the code of templates when the board has one, or when the painter opens the card. */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { CanvasEngine } from '../engine/types.ts'
import type { Session } from '../session/types.ts'
import type { UiStore } from '../ui-store.ts'
import type { TemplateStore } from './template-store.ts'

export interface TemplateParts {
  readonly engine: CanvasEngine
  readonly session: Session
  readonly ui: UiStore
  readonly canvasId: string
}

export class TemplateLoader {
  /** `store` is null until the templates are loaded. */
  readonly state: StoreApi<{ readonly store: TemplateStore | null }> = createStore(() => ({ store: null }))
  readonly #parts: TemplateParts
  #loading: Promise<TemplateStore> | null = null
  #stop: (() => void) | null = null
  #isDisposed = false

  constructor(parts: TemplateParts) {
    this.#parts = parts
  }

  /** Rejects if the code could not be loaded. The next call tries again. */
  load(): Promise<TemplateStore> {
    this.#loading ??= this.#start().catch((error: unknown) => {
      this.#loading = null
      throw error
    })
    return this.#loading
  }

  dispose() {
    this.#isDisposed = true
    this.#stop?.()
    this.#stop = null
  }

  async #start(): Promise<TemplateStore> {
    const { startTemplates } = await import('./start-templates.ts')
    const { store, stop } = await startTemplates(this.#parts)
    if (this.#isDisposed) stop()
    else this.#stop = stop
    this.state.setState({ store })
    return store
  }
}

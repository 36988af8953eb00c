/** Starts the worker that imports templates with its first request. */
import type { ImportRequest, ImportResponse, NumberedRequest, NumberedResponse } from './import-messages.ts'

export class ImportClient {
  readonly #waiting = new Map<number, (response: ImportResponse) => void>()
  #worker: Worker | null = null
  #lastId = 0

  request(request: ImportRequest): Promise<ImportResponse> {
    const id = ++this.#lastId
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve)
      this.#worker ??= this.#start()
      this.#worker.postMessage({ id, request } satisfies NumberedRequest)
    })
  }

  /** Ends what is being read or decoded. */
  stop() {
    this.#fail('damaged_picture')
  }

  #start(): Worker {
    const worker = new Worker(new URL('./import-worker.ts', import.meta.url), { type: 'module' })
    let hasAnswered = false
    worker.onmessage = ({ data }: MessageEvent<NumberedResponse>) => {
      hasAnswered = true
      this.#waiting.get(data.id)?.(data.response)
      this.#waiting.delete(data.id)
    }
    // The script did not load, or the browser has ended a worker that used too much memory.
    worker.onerror = () => this.#fail(hasAnswered ? 'no_memory' : 'no_worker')
    return worker
  }

  #fail(code: 'no_memory' | 'no_worker' | 'damaged_picture') {
    this.#worker?.terminate()
    this.#worker = null
    for (const resolve of this.#waiting.values()) resolve({ kind: 'problem', problem: { code } })
    this.#waiting.clear()
  }
}

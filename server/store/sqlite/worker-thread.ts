/** A worker thread of the SQLite store, as the thread that serves requests calls it. Answers come in the order of the calls. */
import { Worker } from 'node:worker_threads'
import { StoreError } from '../port.ts'
import type { Answer, Call, Ready, WorkerData } from './worker.ts'

/** The methods of a part that runs in another thread. */
export type Remote<Part> = {
  readonly [Name in keyof Part]: Part[Name] extends (...args: infer Args) => infer Result ? (...args: Args) => Promise<Result> : never
}

export interface ThreadOptions {
  /** How long a call may take. For tests. */
  readonly deadlineMs?: number
  /** The thread ended, so the process cannot continue. */
  readonly onFatal: (error: Error) => void
}

interface Waiting {
  readonly method: string
  readonly timer: NodeJS.Timeout
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

/** A call fails after this time, because the disk hangs. Boards and statistics of a large canvas take seconds. */
const placingMs = 10_000
const callMs = 30_000

/** A placement in flight may have been saved, or may be saved later. See `StoreErrorCode` for the other calls. */
const unanswered = (method: string, message: string, cause?: Error) =>
  new StoreError(method === 'place' ? 'outcome_unknown' : 'unavailable', message, { cause })

/** @throws an error that names the file and the reason, when the file cannot be opened. */
export const startThread = async <Part>(data: WorkerData, options: ThreadOptions): Promise<WorkerThread<Part>> => {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: data, name: `sqlite-${data.part}` })
  const first = await new Promise<Ready>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  if (!first.ready) {
    await worker.terminate()
    throw new Error(`The database ${data.file} cannot be opened: ${first.message}`)
  }
  worker.removeAllListeners('error')
  return new WorkerThread<Part>(worker, first.methods, options)
}

export class WorkerThread<Part> {
  readonly methods: Remote<Part>
  readonly #worker: Worker
  readonly #options: ThreadOptions
  readonly #waiting = new Map<number, Waiting>()
  #nextId = 1
  #closed = false

  constructor(worker: Worker, methods: readonly string[], options: ThreadOptions) {
    this.#worker = worker
    this.#options = options
    this.methods = Object.fromEntries(methods.map((name) => [name, (...args: unknown[]) => this.#call(name, args)])) as Remote<Part>
    worker.on('message', (answer: Answer) => this.#settle(answer))
    worker.on('error', (error) => this.#abandon(error))
    worker.on('exit', () => {
      if (!this.#closed) this.#abandon(new Error('The thread of the SQLite store ended.'))
    })
  }

  async close() {
    if (this.#closed) return
    this.#closed = true
    await this.#send('close', [])
  }

  async #call(method: string, args: readonly unknown[]) {
    if (this.#closed) throw new StoreError('closed', 'The store is closed.')
    return this.#send(method, args)
  }

  #send(method: string, args: readonly unknown[]) {
    const id = this.#nextId++
    return new Promise<unknown>((resolve, reject) => {
      const giveUp = () => {
        this.#waiting.delete(id)
        reject(unanswered(method, 'The SQLite store does not answer.'))
      }
      const timer = setTimeout(giveUp, this.#options.deadlineMs ?? (method === 'place' ? placingMs : callMs))
      this.#waiting.set(id, { method, timer, resolve, reject })
      this.#worker.postMessage({ id, method, args } satisfies Call)
    })
  }

  #settle(answer: Answer) {
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if (!waiting) return
    clearTimeout(waiting.timer)
    if ('error' in answer) waiting.reject(new StoreError(answer.error.code, answer.error.message, { reason: answer.error.reason }))
    else waiting.resolve(answer.result)
  }

  #abandon(cause: Error) {
    this.#closed = true
    for (const { method, timer, reject } of this.#waiting.values()) {
      clearTimeout(timer)
      reject(unanswered(method, 'The SQLite store stopped.', cause))
    }
    this.#waiting.clear()
    this.#options.onFatal(cause)
  }
}

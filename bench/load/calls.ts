/** Calls from a benchmark to one of its processes: one message each way. */
import type { Child } from '../setup/child.ts'

type Methods = Readonly<Record<string, (argument: never) => unknown>>
interface Call {
  readonly id: number
  readonly method: string
  readonly argument: unknown
}
type Reply = { id: number; result: unknown } | { id: number; error: string }

/** For the process that does the work. The result must be cloneable. */
export const answerCalls = (methods: Methods) => {
  process.on('message', async ({ id, method, argument }: Call) => {
    try {
      const run = methods[method] as ((argument: unknown) => unknown) | undefined
      if (!run) throw new Error(`no method ${method}`)
      process.send?.({ id, result: await run(argument) } satisfies Reply)
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? String(error.stack) : String(error) } satisfies Reply)
    }
  })
  process.on('disconnect', () => process.exit())
}

/** For the process that requests the work. */
export class Caller<Served extends Methods> {
  readonly child: Child
  readonly #waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>()
  #lastId = 0

  constructor(child: Child) {
    this.child = child
    child.process.on('message', (reply: Reply) => {
      const waiting = this.#waiting.get(reply.id)
      this.#waiting.delete(reply.id)
      if ('error' in reply) waiting?.reject(new Error(reply.error))
      else waiting?.resolve(reply.result)
    })
  }

  /** Rejects if the call fails or the process ends. */
  call<Name extends keyof Served & string>(
    method: Name,
    argument: Parameters<Served[Name]>[0],
  ): Promise<Awaited<ReturnType<Served[Name]>>> {
    const id = ++this.#lastId
    const reply = new Promise<unknown>((resolve, reject) => this.#waiting.set(id, { resolve, reject }))
    this.child.process.send({ id, method, argument } satisfies Call)
    return this.child.while(reply) as Promise<Awaited<ReturnType<Served[Name]>>>
  }
}

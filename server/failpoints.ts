/**
 * Named points where a test can kill, fail or hang the process (`FAILPOINTS=name=kill,…`), before and after each write of each loop. So a
 * test can cause a crash between any two writes. In production there are none, and `hit` is a comparison.
 */
export const failpointNames = [
  'placement.before-commit',
  'placement.after-commit',
  'placement.before-ack',
  'publisher.before-sequence',
  'publisher.after-sequence',
  'publisher.before-append',
  'publisher.after-append',
  'publisher.before-mark',
  'publisher.after-mark',
  'broadcaster.before-apply',
  'broadcaster.before-emit',
  'broadcaster.after-emit',
  'broadcaster.before-ack',
  'broadcaster.after-ack',
  'projector.before-save',
  'projector.after-save',
  'projector.before-ack',
  'projector.after-ack',
  'schedule.before-run',
  'schedule.after-run',
  'retention.before-trim',
  'retention.after-trim',
  'erasing.before-part',
  'erasing.after-part',
  'erasing.before-end',
  'erasing.after-end',
  'webhook.before-send',
  'webhook.after-send',
] as const
export type FailpointName = (typeof failpointNames)[number]
export const failpointActions = ['kill', 'throw', 'hang'] as const
export type FailpointAction = (typeof failpointActions)[number]

export type FailpointSpec = Readonly<Partial<Record<FailpointName, FailpointAction>>>

export class FailpointError extends Error {
  readonly code = 'failpoint'
}

export interface Failpoints {
  /** Performs the action of the name: ends the process by SIGKILL, throws, or never resolves. */
  hit(name: FailpointName): Promise<void>
  /** The same for code that must not yield, such as a transaction; `hang` blocks the thread. */
  hitSync(name: FailpointName): void
}

export const createFailpoints = (spec: FailpointSpec): Failpoints => {
  const act = (name: FailpointName): 'pass' | 'hang' => {
    const action = spec[name]
    if (action === undefined) return 'pass'
    if (action === 'throw') throw new FailpointError(`failpoint ${name}`)
    if (action === 'kill') process.kill(process.pid, 'SIGKILL')
    return 'hang'
  }
  return {
    async hit(name) {
      if (act(name) === 'hang') await new Promise<never>(() => undefined)
    },
    hitSync(name) {
      if (act(name) === 'hang') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    },
  }
}

export const noFailpoints: Failpoints = createFailpoints({})

/** Parses `name=action, …`. */
export const parseFailpoints = (text: string): { spec: FailpointSpec } | { mistake: string } => {
  const spec: Partial<Record<FailpointName, FailpointAction>> = {}
  for (const part of text.split(',').map((item) => item.trim())) {
    if (part === '') continue
    const [name, action, more] = part.split('=')
    if (!isName(name)) return { mistake: `"${name}" is not a failpoint; npm run fresco -- failpoints lists them` }
    if (!isAction(action) || more !== undefined) return { mistake: `"${part}" must end in =kill, =throw or =hang` }
    spec[name] = action
  }
  return { spec }
}

const isName = (name: string | undefined): name is FailpointName => (failpointNames as readonly (string | undefined)[]).includes(name)
const isAction = (action: string | undefined): action is FailpointAction =>
  (failpointActions as readonly (string | undefined)[]).includes(action)

/**
 * Keeps a record of what staff do (A8). An act is saved before it happens, and its outcome after it. So a crash leaves an act of unknown
 * outcome, and never an act that is not on record.
 */
import { type Act, type ActDetails, type ActOutcome, type Actor, boundDetails } from '../../lib/act.ts'
import type { Logger } from '../observability/log.ts'
import { createGroupIds } from '../placement/group-id.ts'
import type { ActStore } from '../store/acts-port.ts'

/** Acts that wait for the store, so that the memory is bounded (A6). */
const maxUnsaved = 100

/** A target comes from the path of a request. */
const maxTargetLength = 100

export const commandLine: Actor = { by: 'command line', via: 'command_line' }

export interface ActDraft {
  readonly action: string
  readonly target?: string | null
  readonly details?: ActDetails
}

export interface ActsOptions {
  readonly store: Pick<ActStore, 'saveAct' | 'endAct'>
  readonly now: () => number
  readonly logger: Pick<Logger, 'warn'>
}

interface ActClock {
  readonly newId: () => string
  readonly now: () => number
}

/** Ids in the order of the acts, also of those in one millisecond. */
export const createActClock = (now: () => number): ActClock => {
  let lastMs = 0
  const increasing = () => {
    lastMs = Math.max(lastMs + 1, now())
    return lastMs
  }
  return { newId: createGroupIds({ now: increasing }), now }
}

/** Without an outcome. */
export const actOf = ({ by, via }: Actor, { action, target = null, details = {} }: ActDraft, { newId, now }: ActClock): Act => ({
  id: newId(),
  atMs: now(),
  by,
  via,
  action,
  target: target === null ? null : target.slice(0, maxTargetLength),
  details: boundDetails(details),
  outcome: null,
  code: null,
})

export const createActs = ({ store, logger, now }: ActsOptions) => {
  const clock = createActClock(now)
  let unsaved: Act[] = []

  const end = (id: string, outcome: ActOutcome, code: string | null) =>
    store.endAct({ id, outcome, code }).catch((err: unknown) => logger.warn({ event: 'act_outcome_not_saved', id, outcome, code, err }))

  /** Saves the acts that wait. @throws when the store does not answer. */
  const saveUnsaved = async () => {
    for (let act = unsaved[0]; act !== undefined; act = unsaved[0]) {
      const saved = act
      await store.saveAct(saved)
      unsaved = unsaved.filter((other) => other !== saved)
    }
  }

  return {
    saveUnsaved,
    /**
     * Saves the act, runs it, and saves its outcome. A result with a `refusal`, such as an answer, was refused. Rejects without running the act when it cannot be saved.
     * After an error of the store the outcome stays unknown.
     */
    async run<Result>(actor: Actor, draft: ActDraft, perform: () => Promise<Result>): Promise<Result> {
      const act = actOf(actor, draft, clock)
      await store.saveAct(act)
      let result: Result
      try {
        result = await perform()
      } catch (error) {
        const code = textOf(error, 'code')
        if (code !== null && !unknownCodes.has(code)) await end(act.id, 'failed', code)
        throw error
      }
      const code = textOf(result, 'refusal')
      await end(act.id, code === null ? 'done' : 'refused', code)
      return result
    },
    /** Records an act that must also be possible while the store is unavailable. The act is saved later then. Never rejects. */
    async note(actor: Actor, draft: ActDraft) {
      unsaved = [...unsaved, { ...actOf(actor, draft, clock), outcome: 'done' as const }].slice(-maxUnsaved)
      await saveUnsaved().catch((err: unknown) => logger.warn({ event: 'act_not_saved_yet', action: draft.action, err }))
    },
  }
}

export type Acts = ReturnType<typeof createActs>

/** After these, the change may have been made or not. */
const unknownCodes: ReadonlySet<string> = new Set(['unavailable', 'outcome_unknown'])

const textOf = (value: unknown, name: 'code' | 'refusal'): string | null => {
  const text = (value as Partial<Record<typeof name, unknown>> | null | undefined)?.[name]
  return typeof text === 'string' ? text : null
}

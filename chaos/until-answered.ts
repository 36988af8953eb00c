import { StoreError } from '../server/store/port.ts'
import type { Scheduler } from './scheduler.ts'

/** Repeats a call of the store until it has an answer. */
export const untilAnswered = async <Answer>(scheduler: Scheduler, ask: () => Promise<Answer>): Promise<Answer> => {
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      await scheduler.rest(20)
    }
  }
}

/** The acts of commands that change the store without a server. Those that go through a server are recorded there. */
import type { Act } from '../../lib/act.ts'
import { silentLogger } from '../observability/log.ts'
import type { ActStore } from '../store/acts-port.ts'
import { type ActDraft, actOf, commandLine, createActClock, createActs } from './acts.ts'

const clock = createActClock(Date.now)

export const commandLineActs = (store: Pick<ActStore, 'saveAct' | 'endAct'>) => createActs({ store, now: Date.now, logger: silentLogger })

/** Without an outcome. */
export const commandLineAct = (draft: ActDraft): Act => actOf(commandLine, draft, clock)

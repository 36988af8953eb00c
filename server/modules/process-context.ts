/** What every module of a process uses: its settings, its logger, its clocks and its identity. */
import { randomUUID } from 'node:crypto'
import { type ClockBounds, createClockBounds } from '../clock-bounds.ts'
import type { Config, ProcessRole } from '../config.ts'
import { createFailpoints, type Failpoints } from '../failpoints.ts'
import type { Lifecycle } from '../lifecycle.ts'
import { monotonicNow } from '../monotonic-clock.ts'
import type { Logger } from '../observability/log.ts'
import type { UnexpectedErrors } from '../observability/unexpected-errors.ts'
import { createGroupIds } from '../placement/group-id.ts'

export interface ProcessContext {
  readonly config: Config
  readonly logger: Logger
  readonly lifecycle: Lifecycle
  readonly errors: UnexpectedErrors
  readonly failpoints: Failpoints
  readonly clocks: Clocks
  /** Differs after each start. */
  readonly processId: string
  readonly newGroupId: () => string
}

export interface Clocks {
  readonly now: () => number
  readonly monotonicNow: () => number
  /** For times that are stored and compared after a change of the clock. */
  readonly bounds: ClockBounds
  readonly random: () => number
}

export type ProcessContextOptions = Pick<ProcessContext, 'config' | 'logger' | 'lifecycle' | 'errors'>

export const createProcessContext = (options: ProcessContextOptions): ProcessContext => {
  const now = Date.now
  return {
    ...options,
    failpoints: createFailpoints(options.config.failpoints),
    clocks: { now, monotonicNow, bounds: createClockBounds({ now, monotonicNow }), random: Math.random },
    processId: randomUUID().slice(0, 8),
    newGroupId: createGroupIds({ now }),
  }
}

export const hasRole = ({ config }: Pick<ProcessContext, 'config'>, role: ProcessRole) => config.roles.includes(role)

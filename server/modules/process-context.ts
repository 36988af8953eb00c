/** The settings, logger, clocks and identity of a process, for every module. */
import { randomUUID } from 'node:crypto'
import { systemClock } from '../clock.ts'
import { type ClockBounds, createClockBounds } from '../clock-bounds.ts'
import type { Config, ProcessRole } from '../config.ts'
import { createFailpoints } from '../failpoints.ts'
import type { Lifecycle } from '../lifecycle.ts'
import type { UnexpectedErrors } from '../observability/unexpected-errors.ts'
import { createGroupIds } from '../placement/group-id.ts'
import type { WorkerContext } from '../worker-context.ts'

export interface ProcessContext extends WorkerContext {
  readonly config: Config
  readonly lifecycle: Lifecycle
  readonly errors: UnexpectedErrors
  /** For stored times, which must stay comparable after a change of the clock. */
  readonly clockBounds: ClockBounds
  /** Differs after each start. */
  readonly processId: string
  readonly newGroupId: () => string
}

export type ProcessContextOptions = Pick<ProcessContext, 'config' | 'logger' | 'lifecycle' | 'errors'>

export const createProcessContext = (options: ProcessContextOptions): ProcessContext => ({
  ...options,
  failpoints: createFailpoints(options.config.failpoints),
  clock: systemClock,
  clockBounds: createClockBounds(systemClock),
  random: Math.random,
  processId: randomUUID().slice(0, 8),
  newGroupId: createGroupIds(systemClock),
})

export const hasRole = ({ config }: Pick<ProcessContext, 'config'>, role: ProcessRole) => config.roles.includes(role)

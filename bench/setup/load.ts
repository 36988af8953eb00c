/** Starts a load process on its core. */
import { join } from 'node:path'
import type { Scope } from '../framework/scope.ts'
import { Caller } from '../load/calls.ts'
import type { LoadMethods } from '../programs/load.ts'
import { Child } from './child.ts'
import { type Core, loadCore } from './cores.ts'

export const startLoad = (scope: Scope, core: Core = loadCore): Caller<LoadMethods> =>
  new Caller<LoadMethods>(new Child({ scope, core, args: [join(import.meta.dirname, '../programs/load.ts')] }))

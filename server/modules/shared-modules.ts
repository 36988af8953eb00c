/** The modules of every process, whatever its roles. */
import type { Access } from './access-module.ts'
import type { Coordination } from './coordination-module.ts'
import type { Observability } from './observability-module.ts'
import type { ProcessContext } from './process-context.ts'
import type { Storage } from './store-module.ts'

export interface SharedModules {
  readonly context: ProcessContext
  readonly observability: Observability
  readonly storage: Storage
  readonly coordination: Coordination
  readonly access: Access
}

/** Baseline of G3: the whole app, with one transaction per request. */

import { monotonicNow } from '../../server/clock.ts'
import { processConfig } from '../../server/config.ts'
import { createContainer } from '../../server/container.ts'
import { createLifecycle } from '../../server/lifecycle.ts'
import { createLogger } from '../../server/observability/log.ts'
import { createUnexpectedErrors } from '../../server/observability/unexpected-errors.ts'

const result = processConfig()
if (!result.ok) throw new Error(result.mistakes.join('\n'))
const { config } = result
const logger = createLogger({ level: config.logLevel })
const lifecycle = createLifecycle({ logger, graceMs: config.shutdownGraceMs })
lifecycle.listenForSignals()
const errors = createUnexpectedErrors({ logger, monotonicNow: monotonicNow })
const container = await createContainer({ config, logger, lifecycle, errors, dev: false, maxGroupPixels: 1 })
await container.listen()

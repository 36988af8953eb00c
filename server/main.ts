/**
 * Starts one Fresco process: reads the environment, builds the container, listens, and stops on a signal.
 *
 *     node [--max-semi-space-size=8 --v8-pool-size=1] server/main.ts [--dev] [--bypass-header]
 *
 * With `--bypass-header`, which only tests use, a header may send a request through Next.
 *
 * `npm start` sets four things:
 * - a young generation of 8 MB: 16 MB take 45 MB more memory on MongoDB, 4 MB take 2 to 9 % more CPU for a placement;
 * - one worker thread of V8 instead of four, which slow down the main thread during garbage collection (p99 of a placement at 1,000 px/s
 *   for 1,000 watchers: 40 instead of 150 ms);
 * - MALLOC_ARENA_MAX, because glibc otherwise keeps freed memory for each thread, and resident memory grows under load;
 * - NODE_COMPILE_CACHE, a folder for compiled sources, which halves the time of a start.
 */
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { adminTokenFile } from './accounts/secrets.ts'
import { monotonicNow } from './clock.ts'
import { processConfig } from './config.ts'
import { createContainer } from './container.ts'
import { keepCompiled } from './keep-compiled.ts'
import { createLifecycle } from './lifecycle.ts'
import { captureConsole } from './observability/console-capture.ts'
import { createLogger } from './observability/log.ts'
import { createUnexpectedErrors } from './observability/unexpected-errors.ts'
import { networkUrls, startMessage } from './start-message.ts'
import { version } from './version.ts'

const unknown = process.argv.slice(2).find((argument) => argument !== '--dev' && argument !== '--bypass-header')
if (unknown !== undefined) {
  process.stderr.write(`Fresco takes no argument "${unknown}". Settings are environment variables: .env.example lists them.\n`)
  process.exit(2)
}
const result = processConfig()
if (!result.ok) {
  process.stderr.write(
    `Fresco cannot start. Invalid environment variables:\n${result.mistakes.map((mistake) => `  ${mistake}\n`).join('')}`,
  )
  process.exit(1)
}

const { config } = result
const logger = createLogger({ level: config.logLevel })
const lifecycle = createLifecycle({ logger, graceMs: config.shutdownGraceMs })
lifecycle.listenForSignals()
if (!process.argv.includes('--dev')) captureConsole(logger)
// A closed pipe must not end the process. Next writes to it, too.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
const errors = createUnexpectedErrors({ logger, monotonicNow: monotonicNow })
// A rejection leaves the state intact, so the process continues. After an uncaught exception it stops in order (decision 38).
process.on('unhandledRejection', (error) => errors.report('unhandled_rejection', error))
process.on('uncaughtException', (error) => {
  errors.report('uncaught_exception', error)
  void lifecycle.fail('uncaught_exception', error)
})

try {
  const container = await createContainer({
    config,
    logger,
    lifecycle,
    errors,
    dev: process.argv.includes('--dev'),
    bypassHeader: process.argv.includes('--bypass-header'),
  })
  const { url, port, signInUrl } = await container.listen()
  logger.info({ event: 'listening', version, url, roles: config.roles, store: container.store.kind, stream: container.stream.kind })
  if (config.doubtfulNames.length > 0) {
    logger.warn({ event: 'unknown_variables', names: config.doubtfulNames, reason: 'Fresco has no settings with these names' })
  }
  keepCompiled()
  // Not through the logger, because logs must have no secrets.
  if (config.roles.includes('web')) {
    const isNamed = config.publicUrls.length > 0
    process.stdout.write(
      startMessage({
        url,
        networkUrls: isNamed ? [] : networkUrls({ host: config.host, port, interfaces: networkInterfaces() }),
        signIn: signInUrl ? { url: signInUrl, tokenFile: join(config.dataDir, adminTokenFile) } : null,
      }),
    )
  }
} catch (error) {
  process.stderr.write(`Fresco cannot start. ${error instanceof Error ? error.message : String(error)}\n`)
  logger.debug({ event: 'start_failed', err: error })
  await lifecycle.stop('start_failed')
  process.exit(1)
}

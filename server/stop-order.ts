/**
 * The order in which a process stops (A7): it accepts no more work, saves and publishes what it accepted, sends it to clients, and
 * then closes sockets, stream and store.
 */
import type { Roles } from './modules/role-modules.ts'
import type { Serving } from './modules/serving-module.ts'
import type { SharedModules } from './modules/shared-modules.ts'
import type { Telemetry } from './modules/telemetry-module.ts'
import { drainOutbox, takeFinalSnapshots } from './shutdown-drain.ts'
import type { WebServer } from './web-server.ts'

export interface StoppedParts {
  readonly server: Pick<WebServer, 'close' | 'stopAccepting'>
  readonly roles: Roles
  readonly serving: Pick<Serving, 'markStopping'>
  readonly telemetry: Pick<Telemetry, 'close'>
}

/** Stops run in reverse order of their registration. The store and the stream are registered earlier, and are closed last. */
export const registerStops = ({ context, observability, storage }: SharedModules, { server, roles, serving, telemetry }: StoppedParts) => {
  const { lifecycle, logger } = context
  const { web, publisher, projector } = roles
  lifecycle.onStop('telemetry', () => telemetry.close())
  lifecycle.onStop('web', () => server.close())
  lifecycle.onStop('gateway', () => web?.gateway.close())
  lifecycle.onStop('loops', async () => {
    try {
      await drainOutbox({ publisher: publisher?.publisher ?? null, broadcaster: web?.broadcaster ?? null, logger })
    } finally {
      await observability.supervisor.stop()
      web?.broadcaster.flush()
    }
    if (projector) await takeFinalSnapshots({ ...storage, snapshots: projector.snapshots, logger })
  })
  lifecycle.onStop('placements', async () => {
    serving.markStopping()
    server.stopAccepting()
    await web?.commitQueue.close()
  })
}

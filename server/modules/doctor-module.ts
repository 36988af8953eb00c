/** The checks of this installation, as a web process makes them. */
import { runDoctor } from '../doctor/all-checks.ts'
import { createDoctor } from '../doctor/run-checks.ts'
import { checksRoutes } from '../http/routes/checks-routes.ts'
import type { SharedModules } from './shared-modules.ts'

export const createDoctorRoutes = ({ context, storage, coordination, access }: SharedModules) => {
  const { config, clock } = context
  const nonces = access.probeNonces
  const canvases = () => storage.store.listCanvases()
  const server = { overview: () => coordination.overview.read(), canvases }
  const doctor = createDoctor(() => runDoctor({ config, clock, nonces, server }), clock.monotonicNow)
  return checksRoutes({ callers: access.callers, doctor, nonces, canvases })
}

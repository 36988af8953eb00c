/** Callers and their rights: addresses, limits, origins, sessions and sign-ins. Probes use it in every role. */
import { randomBytes } from 'node:crypto'
import { AdminSessions } from '../accounts/admin-sessions.ts'
import { createCallerResolver } from '../accounts/resolve-caller.ts'
import { noteSignIn, type Secrets } from '../accounts/secrets.ts'
import { createSessions } from '../accounts/sessions.ts'
import { createSignInGuard, type SignInGuard } from '../accounts/sign-in-guard.ts'
import { createSignInLink } from '../accounts/sign-in-link.ts'
import { createActs } from '../acts/acts.ts'
import { createProbeNonces } from '../doctor/probe-nonces.ts'
import { createCallers } from '../http/callers.ts'
import { createClientAddresses } from '../http/client-address.ts'
import { createOrigins } from '../http/origins.ts'
import { createLimits } from '../limits/limits.ts'
import type { SharedModules } from './shared-modules.ts'

export const createAccess = (shared: Pick<SharedModules, 'context' | 'observability' | 'storage' | 'coordination'>, secrets: Secrets) => {
  const { context, observability, storage, coordination } = shared
  const { config, logger, clock, clockBounds } = context
  const { now, monotonicNow } = clock
  const { store, stream } = storage
  const { adminToken, sessionSecret } = secrets
  const adminSessions = new AdminSessions({ store, stream, adminToken, now, monotonicNow, randomBytes })
  stream.onSignal(({ kind }) => {
    if (kind === 'sessions') adminSessions.refresh().catch(() => undefined)
  })
  const acts = createActs({ store, now, logger })
  coordination.onBeat(() => acts.saveUnsaved())
  coordination.onBeat(() => adminSessions.refresh())
  const sessions = createSessions({
    sessionSecret,
    adminToken,
    isAdminSessionOpen: (id) => adminSessions.isOpen(id),
    now: clockBounds.latest,
    ageNow: clockBounds.earliest,
    randomBytes,
  })
  const limits = createLimits({ enabled: config.rateLimits })
  const { throttledWarnings } = observability
  const guard = createSignInGuard({ enabled: config.rateLimits, monotonicNow, throttledWarnings, logger })
  const signIns: SignInGuard = {
    ...guard,
    signedIn(who) {
      if (secrets.awaitsOperator) noteSignIn(config)
      guard.signedIn(who)
    },
  }
  const resolver = createCallerResolver({ sessions, signIns, adminSessions })
  return {
    addresses: createClientAddresses({ trustProxy: config.trustProxy }),
    limits,
    origins: createOrigins({ publicUrls: config.publicUrls }),
    acts,
    adminSessions,
    sessions,
    signIns,
    signInLink: createSignInLink({ now: monotonicNow, randomBytes }),
    /** For the probe of the checks. */
    probeNonces: createProbeNonces({ sessionSecret, now, randomBytes }),
    /** For sockets. */
    resolver,
    /** For HTTP. */
    callers: createCallers({ resolver, sessions, limits, publicUrls: config.publicUrls }),
  }
}

export type Access = ReturnType<typeof createAccess>

/**
 * Resolves the caller of an HTTP request or a socket. A bad token is refused before the rest of a request is read, so that its program
 * does not continue as a guest by mistake.
 */
import type { Refusal } from '../../lib/refusal.ts'
import type { AdminSessions } from './admin-sessions.ts'
import type { Caller, Credentials } from './caller.ts'
import type { Sessions } from './sessions.ts'
import type { SignInGuard } from './sign-in-guard.ts'

export interface CallerRequest {
  readonly credentials: Credentials
  readonly address: string
  readonly way: 'bearer' | 'socket'
}

export type ResolvedCaller = { readonly ok: true; readonly caller: Caller } | { readonly ok: false; readonly refusal: Refusal }

export interface CallerResolverOptions {
  readonly sessions: Pick<Sessions, 'identify' | 'claimedSession'>
  readonly signIns: Pick<SignInGuard, 'refuseToken'>
  readonly adminSessions: Pick<AdminSessions, 'check'>
}

export const createCallerResolver = ({ sessions, signIns, adminSessions }: CallerResolverOptions) => {
  /** Reads the credentials only, and counts a wrong token. */
  const resolve = ({ credentials, address, way }: CallerRequest): ResolvedCaller => {
    const identified = sessions.identify(credentials)
    const refusal = signIns.refuseToken({ identified, address, way })
    if (refusal) return { ok: false, refusal }
    return { ok: true, caller: identified.kind === 'bad_token' ? { kind: 'anonymous' } : identified }
  }
  return {
    resolve,
    /** For staff: reads the store first, because another process may have opened or ended the session. */
    async resolveStaff(request: CallerRequest): Promise<ResolvedCaller> {
      const session = sessions.claimedSession(request.credentials.cookie)
      if (session !== null) await adminSessions.check(session)
      return resolve(request)
    },
  }
}

export type CallerResolver = ReturnType<typeof createCallerResolver>

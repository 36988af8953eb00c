/** The overview for operators. */
import type { OverviewKeeper } from '../../observability/overview.ts'
import type { Callers } from '../callers.ts'
import { json } from '../exchange.ts'
import { problemAnswer } from '../problem.ts'
import type { Route } from '../router.ts'

export interface AdminRouteDeps {
  readonly callers: Callers
  readonly overview: Pick<OverviewKeeper, 'read'>
}

export const adminRoutes = ({ callers, overview }: AdminRouteDeps): Route[] => [
  {
    method: 'GET',
    path: '/api/admin/overview',
    fast: true,
    async handle({ request }) {
      const admin = await callers.admin(request)
      return admin.ok ? json(200, await overview.read()) : problemAnswer(admin.refusal)
    },
  },
]

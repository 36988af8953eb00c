import { expect, test } from 'vitest'
import { asPainterId } from '../../../lib/brand.ts'
import type { AdminFound, Callers } from '../callers.ts'
import type { Call } from '../router.ts'
import { settingsRoutes } from './settings-routes.ts'

test('only admins get the settings of the process', async () => {
  const painter = { id: asPainterId('p_admin'), name: 'Admin', role: 'admin', createdAtMs: 0 } as const
  const config = { roles: ['web'] as const, settings: [{ name: 'PORT', value: '3000', source: 'default' as const }] }
  const ask = async (found: AdminFound) => {
    const callers = { admin: async () => found } as unknown as Callers
    const answer = await settingsRoutes({ callers, processId: '1a2b', config })[0]?.handle({} as Call)
    return [answer?.status, JSON.parse(String(answer?.body))]
  }
  expect(await ask({ ok: true, operator: { painter, by: 'p_admin', via: 'token' } })).toEqual([
    200,
    { process: { id: '1a2b', roles: ['web'] }, settings: config.settings },
  ])
  expect((await ask({ ok: false, refusal: { code: 'unauthenticated', detail: '' } }))[0]).toBe(401)
})

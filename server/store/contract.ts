/** What every adapter of the store must do. Each adapter's tests call this; each file `*-contract.ts` is about one subject. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { describeActs } from './acts-contract.ts'
import { describeAdminSessions } from './admin-sessions-contract.ts'
import { describeAges } from './ages-contract.ts'
import { describeBackupState } from './backups-contract.ts'
import { describeCanvases } from './canvases-contract.ts'
import { describeCharges } from './charges-contract.ts'
import { describeDeadLetters } from './dead-letters-contract.ts'
import { describeEntryKinds } from './entry-kinds-contract.ts'
import { describeErasing } from './erasing-contract.ts'
import { describeIdempotency } from './idempotency-contract.ts'
import { describeLog } from './log-contract.ts'
import { describeMembership } from './membership-contract.ts'
import { describeOutbox } from './outbox-contract.ts'
import { describePlacing } from './placing-contract.ts'
import { describeProfiles } from './profiles-contract.ts'
import { describeProjections } from './projections-contract.ts'
import { describeSite } from './site-contract.ts'
import { paint } from './store.fixture.ts'
import { createStoreContext, type StoreContext, type StoreUnderTest } from './store-context.fixture.ts'
import { describeTemplateCounts } from './template-counts-contract.ts'
import { describeTemplates } from './templates-contract.ts'
import { describeUndo } from './undo-contract.ts'
import { describeWebhooks } from './webhooks-contract.ts'

const subjects = [
  describeCanvases,
  describeSite,
  describeBackupState,
  describePlacing,
  describeCharges,
  describeIdempotency,
  describeUndo,
  describeOutbox,
  describeLog,
  describeDeadLetters,
  describeEntryKinds,
  describeProjections,
  describeProfiles,
  describeAges,
  describeErasing,
  describeAdminSessions,
  describeActs,
  describeMembership,
  describeWebhooks,
  describeTemplates,
  describeTemplateCounts,
]

export const describeStore = (name: string, make: () => Promise<StoreUnderTest>) => {
  describe(`${name} keeps the store's contract`, () => {
    let subject: StoreUnderTest
    let context: StoreContext
    beforeEach(async () => {
      subject = await make()
      context = createStoreContext(subject)
    })
    afterEach(() => subject.dispose())

    for (const describeSubject of subjects) describeSubject(() => context)

    test('a store that is well answers a ping, can be written to, and shows nothing of it', async () => {
      const { store } = context
      await store.ping()
      await store.checkWritable()
      await store.checkWritable()
      expect(await store.backlog()).toEqual({ unsequenced: 0, unpublished: 0, oldestAtMs: null, dead: 0 })
      expect(await store.isPublishingPaused()).toBe(false)
    })

    test('a store on a server of its own has the time of that server', async () => {
      const { store } = context
      const [beforeMs, timeMs] = [Date.now(), await store.serverTime()]
      if (store.kind !== 'mongo') return expect(timeMs).toBeNull()
      expect(timeMs).toBeGreaterThan(beforeMs - 60_000)
      expect(timeMs).toBeLessThan(Date.now() + 60_000)
    })

    test('a closed store rejects every call with `closed`', async () => {
      const { store, place } = context
      await store.ping()
      await store.close()
      await expect(store.ping()).rejects.toMatchObject({ code: 'closed' })
      await expect(place(paint({ gx: 0, gy: 0, color: 1 }))).rejects.toMatchObject({ code: 'closed' })
    })
  })
}

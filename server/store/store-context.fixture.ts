/** What a test of the store's contract starts with: an empty store of one kind, and short forms of what most tests do with it. */
import { expect } from 'vitest'
import { asCanvasId, asTile, type TileNumber } from '../../lib/brand.ts'
import type { Commit, EntryContent } from '../../lib/commit.ts'
import type { Placement, PlaceRequest, RequestOutcome } from '../../lib/plan-group.ts'
import type { Store } from './port.ts'
import { readWholeLog } from './store.fixture.ts'

/** What the test file of an adapter gives to `describeStore`. */
export interface StoreUnderTest {
  readonly store: Store
  /** Writes an outbox entry of another kind, as a newer version would. */
  addUnknown(entry: Omit<Commit, 'pixels' | 'content'> & { readonly content: EntryContent }): Promise<void>
  /** Closes the store and opens it again on the same data. The store in memory answers itself. */
  reopen(): Promise<Store>
  dispose(): Promise<void>
}

export const main = asCanvasId('main')
export const tile0 = asTile(0)

export type StoreContext = ReturnType<typeof createStoreContext>

export const createStoreContext = (subject: StoreUnderTest) => {
  let { store } = subject
  let groups = 0
  const nextGroupId = () => `group${(groups++).toString(36).padStart(8, '0')}`

  const place = (requests: PlaceRequest | readonly PlaceRequest[], nowMs = 1_000) =>
    store.place({ id: nextGroupId(), requests: [requests].flat(), nowMs })

  /** Sends again what is refused as `unavailable`, as a client does: on MongoDB, contention for one painter or pixel can be refused. */
  const placeUntilSaved = async (requests: PlaceRequest | readonly PlaceRequest[], nowMs?: number) => {
    const all = [requests].flat()
    const outcomes: (RequestOutcome | undefined)[] = await place(all, nowMs)
    for (;;) {
      const contested = outcomes.flatMap((outcome, index) => (codesOf(outcome).includes('unavailable') ? [index] : []))
      if (contested.length === 0) return outcomes
      const again = await place(
        contested.flatMap((index) => all[index] ?? []),
        nowMs,
      )
      for (const [position, index] of contested.entries()) outcomes[index] = again[position]
    }
  }

  const sequenceAll = async () => {
    for (;;) {
      const { sequenced, raced } = await store.sequence({ limit: 100 })
      if (sequenced === 0 && !raced) return
    }
  }

  const publishAll = async (nowMs = 2_000) => {
    await sequenceAll()
    for (;;) {
      const commits = await store.getUnpublished({ limit: 100 })
      if (commits.length === 0) return
      await store.markAsPublished(commits, nowMs)
    }
  }

  return {
    get store() {
      return store
    },
    addUnknown: subject.addUnknown,
    async reopen() {
      store = await subject.reopen()
      return store
    },
    nextGroupId,
    place,
    placeUntilSaved,
    sequenceAll,
    publishAll,
    readLog: (tile: TileNumber = tile0) => readWholeLog(store, { canvas: main, tile }),
  }
}

export const codesOf = (outcome: RequestOutcome | undefined) =>
  outcome?.kind === 'done'
    ? outcome.results.map((result) => (result.ok ? 'placed' : result.refusal.code))
    : [outcome?.kind === 'refused' ? outcome.refusal.code : undefined]

export const placementsOf = (outcome: RequestOutcome | undefined): Placement[] => {
  expect(outcome?.kind).toBe('done')
  return outcome?.kind === 'done' ? outcome.results.flatMap((result) => (result.ok ? [result.placement] : [])) : []
}

/** What every stream must do. Written for adapters that answer later and race: it waits for what it expects. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { asCanvasId, asCommitId, asEpoch, asPainterId, asPosition, asSeq, asTile } from '../../lib/brand.ts'
import type { SequencedCommit } from '../../lib/commit.ts'
import type { Delivered, EventStream, GroupReader, Signal } from './port.ts'

export const streamCommit = (seq: number, change: Partial<SequencedCommit> = {}): SequencedCommit => ({
  id: asCommitId(`commit-${change.tile ?? 0}-${seq}`),
  canvas: asCanvasId('main'),
  epoch: asEpoch('epoch001'),
  tile: asTile(0),
  atMs: 1_000 + seq,
  cause: 'paint',
  pixels: [{ position: asPosition(seq), color: 3, previous: 0, by: asPainterId('p_aaaa') }],
  seq: asSeq(seq),
  ...change,
})

export interface StreamUnderTest {
  readonly stream: EventStream
  dispose(): Promise<void>
}

export const describeStream = (name: string, make: () => Promise<StreamUnderTest>) => {
  describe(`${name} keeps the stream's contract`, () => {
    let subject: StreamUnderTest
    let stream: EventStream
    const main = asCanvasId('main')
    const epoch = asEpoch('epoch001')
    const signal = new AbortController().signal

    beforeEach(async () => {
      subject = await make()
      stream = subject.stream
    })
    afterEach(() => subject.dispose())

    const kinds = async (...commits: SequencedCommit[]) => (await stream.append(commits)).map((answer) => answer.kind)
    const seqs = (delivered: readonly Delivered[]) => delivered.map(({ commit }) => commit.seq)
    const join = (group: string, consumer = 'one', from: 'end' | 'start' = 'start') =>
      stream.join({ group, consumer, kind: 'projection', from })
    const readAll = async (reader: GroupReader, count: number) => {
      const all: Delivered[] = []
      await vi.waitFor(async () => {
        all.push(...(await reader.read({ maxCount: 100, blockMs: 20, signal })))
        expect(all.length).toBeGreaterThanOrEqual(count)
      })
      return all
    }

    test('a commit is appended only after the one before it', async () => {
      await stream.adopt(main, epoch)
      expect(await kinds(streamCommit(1), streamCommit(2))).toEqual(['appended', 'appended'])
      expect(await kinds(streamCommit(2), streamCommit(1), streamCommit(3))).toEqual(['duplicate', 'duplicate', 'appended'])
      expect(await stream.append([streamCommit(5), streamCommit(6)])).toEqual([
        { kind: 'gap', head: 3 },
        { kind: 'gap', head: 3 },
      ])
      expect(await stream.heads(main)).toEqual(new Map([[0, 3]]))
    })

    test('each tile has its own head, and a gap in one tile does not delay another', async () => {
      await stream.adopt(main, epoch)
      const other = asTile(1)
      expect(await kinds(streamCommit(2), streamCommit(1, { tile: other }), streamCommit(2, { tile: other }))).toEqual([
        'gap',
        'appended',
        'appended',
      ])
      expect(await stream.append([streamCommit(2)])).toEqual([{ kind: 'gap', head: null }])
    })

    test('a commit of another epoch is answered with the epoch of the stream, until its own is adopted', async () => {
      expect(await stream.append([streamCommit(1)])).toEqual([{ kind: 'other_epoch', epoch: null }])
      await stream.adopt(main, epoch)
      await stream.append([streamCommit(1), streamCommit(2)])
      await stream.adopt(main, epoch)
      expect(await stream.heads(main)).toEqual(new Map([[0, 2]]))
      const next = asEpoch('epoch002')
      expect(await stream.append([streamCommit(1, { epoch: next })])).toEqual([{ kind: 'other_epoch', epoch }])
      await stream.adopt(main, next, epoch)
      expect(await stream.heads(main)).toEqual(new Map())
      expect(await kinds(streamCommit(3), streamCommit(1, { epoch: next }))).toEqual(['other_epoch', 'appended'])
    })

    test('A2 a process that read the canvas too early does not replace a newer epoch and its heads', async () => {
      const [older, newer] = [asEpoch('epoch002'), asEpoch('epoch003')]
      await stream.adopt(main, epoch)
      await stream.adopt(main, newer, epoch)
      await stream.append([streamCommit(1, { epoch: newer })])
      await stream.adopt(main, older, epoch)
      await stream.adopt(main, older)
      expect(await stream.heads(main)).toEqual(new Map([[0, 1]]))
      expect(await kinds(streamCommit(1, { epoch: newer }), streamCommit(1, { epoch: older }))).toEqual(['duplicate', 'other_epoch'])
    })

    test('seeding raises a head and never lowers it', async () => {
      await stream.adopt(main, epoch)
      const seed = (head: number) => stream.seed({ canvas: main, tile: asTile(0), epoch, head: asSeq(head) })
      await seed(10)
      await seed(5)
      expect(await kinds(streamCommit(6), streamCommit(11))).toEqual(['duplicate', 'appended'])
      await stream.seed({ canvas: main, tile: asTile(0), epoch: asEpoch('epoch009'), head: asSeq(99) })
      expect(await stream.heads(main)).toEqual(new Map([[0, 11]]))
    })

    test('B1 a canvas that was forgotten has no heads, and begins again with the next epoch', async () => {
      await stream.adopt(main, epoch)
      await stream.append([streamCommit(1), streamCommit(2)])
      await stream.forget(main)
      await stream.forget(main)
      expect(await stream.heads(main)).toEqual(new Map())
      expect(await stream.append([streamCommit(3)])).toEqual([{ kind: 'other_epoch', epoch: null }])
      await stream.adopt(main, asEpoch('epoch002'))
      expect(await stream.append([streamCommit(1, { epoch: asEpoch('epoch002') })])).toEqual([{ kind: 'appended' }])
    })

    test('every group receives every commit as it was appended', async () => {
      await stream.adopt(main, epoch)
      const [a, b] = [await join('a'), await join('b')]
      const commits = [streamCommit(1), streamCommit(2, { cause: 'skipped', pixels: [] })]
      await stream.append(commits)
      for (const reader of [a, b]) expect((await readAll(reader, 2)).map(({ commit }) => commit)).toEqual(commits)
    })

    test('an entry of an unknown kind is carried unchanged, and later entries arrive', async () => {
      await stream.adopt(main, epoch)
      const reader = await join('a')
      const content = { kind: 'sticker', bytes: new Uint8Array([255, 255, 7]) }
      const newer = 'a newer kind of commit' as SequencedCommit['cause']
      await stream.append([streamCommit(1), streamCommit(2, { pixels: [], content }), streamCommit(3, { cause: newer })])
      const commits = (await readAll(reader, 3)).map(({ commit }) => commit)
      expect(commits.map(({ seq, cause, pixels }) => [seq, cause, pixels.length])).toEqual([
        [1, 'paint', 1],
        [2, 'paint', 0],
        [3, newer, 1],
      ])
      expect(commits[1]?.content?.kind).toBe('sticker')
      expect([...(commits[1]?.content?.bytes ?? [])]).toEqual([255, 255, 7])
    })

    test('each entry is delivered to one member of a group', async () => {
      await stream.adopt(main, epoch)
      const [one, two] = [await join('shared', 'one'), await join('shared', 'two')]
      await stream.append([1, 2, 3, 4].map((seq) => streamCommit(seq)))
      const first = await one.read({ maxCount: 2, blockMs: 50, signal })
      const second = await two.read({ maxCount: 10, blockMs: 50, signal })
      expect([seqs(first), seqs(second)]).toEqual([
        [1, 2],
        [3, 4],
      ])
    })

    test('a new group starts at the end or at the oldest entry', async () => {
      await stream.adopt(main, epoch)
      await stream.append([streamCommit(1)])
      const late = await join('late', 'one', 'end')
      await stream.append([streamCommit(2)])
      expect(seqs(await readAll(late, 1))).toEqual([2])
      expect(seqs(await readAll(await join('early'), 2))).toEqual([1, 2])
    })

    test('an entry that a member read and did not acknowledge is delivered to it again before new ones', async () => {
      await stream.adopt(main, epoch)
      const before = await join('g')
      await stream.append([streamCommit(1), streamCommit(2)])
      const [first] = await readAll(before, 2)
      await before.ack([first?.id ?? ''])
      await before.close()
      const after = await join('g')
      await stream.append([streamCommit(3)])
      expect(seqs(await readAll(after, 2))).toEqual([2, 3])
    })

    test('A2 an entry that a member never acknowledged is claimed by another one, and its deliveries are counted', async () => {
      await stream.adopt(main, epoch)
      const [dead, alive] = [await join('g', 'dead'), await join('g', 'alive')]
      await stream.append([streamCommit(1), streamCommit(2), streamCommit(3)])
      const [first] = await readAll(dead, 3)
      await dead.ack([first?.id ?? ''])
      expect(await alive.claim({ minIdleMs: 60_000, maxCount: 10 })).toEqual([])
      const one = await alive.claim({ minIdleMs: 0, maxCount: 1 })
      expect(one.map(({ commit, deliveries }) => [commit, deliveries])).toEqual([[streamCommit(2), 2]])
      const next = await alive.claim({ minIdleMs: 0, maxCount: 1 })
      expect(next.map(({ commit, deliveries }) => [commit, deliveries])).toEqual([[streamCommit(3), 2]])
      const both = await alive.claim({ minIdleMs: 0, maxCount: 10 })
      expect(both.map(({ commit, deliveries }) => [Number(commit.seq), deliveries]).sort()).toEqual([
        [2, 3],
        [3, 3],
      ])
      await alive.ack(both.map(({ id }) => id))
      expect(await alive.claim({ minIdleMs: 0, maxCount: 10 })).toEqual([])
      expect((await stream.info()).groups).toMatchObject([{ name: 'g', pending: 0 }])
    })

    test('a read waits for the next entry', async () => {
      await stream.adopt(main, epoch)
      const reader = await join('g')
      const read = reader.read({ maxCount: 10, blockMs: 5_000, signal })
      await stream.append([streamCommit(1)])
      expect(seqs(await read)).toEqual([1])
    })

    test('a read without an entry returns nothing after its time, or when it is aborted', async () => {
      const reader = await join('g')
      expect(await reader.read({ maxCount: 10, blockMs: 5, signal })).toEqual([])
      const controller = new AbortController()
      const read = reader.read({ maxCount: 10, blockMs: 60_000, signal: controller.signal })
      controller.abort()
      expect(await read).toEqual([])
    })

    test('info counts entries, and for each group the unread and the unacknowledged ones', async () => {
      await stream.adopt(main, epoch)
      const reader = await join('g')
      await stream.append([streamCommit(1), streamCommit(2), streamCommit(3)])
      const [first] = await reader.read({ maxCount: 2, blockMs: 50, signal })
      await reader.ack([first?.id ?? ''])
      const info = await stream.info()
      expect(info).toMatchObject({ connected: true, length: 3 })
      expect(info.groups).toMatchObject([{ name: 'g', kind: 'projection', consumers: 1, pending: 1, lag: 1 }])
      await reader.close({ remove: true })
      expect((await stream.info()).groups).toEqual([])
      await expect(stream.ping()).resolves.toBeUndefined()
    })

    test('a signal reaches every listener until it stops', async () => {
      const heard: Signal[] = []
      const stop = stream.onSignal((news) => heard.push(news))
      stream.signal({ kind: 'wake' })
      const me = { kind: 'me', canvas: main, painter: asPainterId('p_a') } as const
      stream.signal(me)
      await vi.waitFor(() => expect(heard).toEqual([{ kind: 'wake' }, me]))
      stop()
      const others: Signal[] = []
      stream.onSignal((news) => others.push(news))
      stream.signal({ kind: 'wake' })
      await vi.waitFor(() => expect(others).toHaveLength(1))
      expect(heard).toHaveLength(2)
    })

    test('calls of a closed stream fail with `closed`, and a waiting read ends', async () => {
      const reader = await join('g')
      const read = reader.read({ maxCount: 1, blockMs: 60_000, signal })
      await stream.close()
      await read.catch((error: unknown) => expect(error).toMatchObject({ code: 'closed' }))
      await expect(stream.append([streamCommit(1)])).rejects.toMatchObject({ code: 'closed' })
      stream.signal({ kind: 'wake' })
    })
  })
}

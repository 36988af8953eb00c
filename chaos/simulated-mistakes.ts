/**
 * Mistakes that somebody could make in a store, a stream, a publisher, a gateway or a client, and the sign by which the
 * simulation knows each. A simulation that finds nothing in a healthy system is worth what it finds in a sick one.
 */
import type { Seq } from '../lib/brand.ts'
import type { Commit, SequencedCommit } from '../lib/commit.ts'
import type { TileRef } from '../server/store/port.ts'
import type { AppendAnswer } from '../server/stream/port.ts'
import { SimulatedStore } from './simulated-store.ts'
import { RecordedStream } from './simulated-stream.ts'
import type { Mistakes } from './world.ts'

/** Looks only at what is later than the newest commit that it has numbered. */
class CursorStore extends SimulatedStore {
  #cursorMs = 0

  protected override unsequenced() {
    return super.unsequenced().filter(({ atMs }) => atMs > this.#cursorMs)
  }

  protected override unsequencedOn(ref: TileRef): Commit[] {
    return super.unsequenced().filter(({ canvas, tile }) => canvas === ref.canvas && tile === ref.tile)
  }

  protected override assign(commit: Commit, seq: Seq) {
    this.#cursorMs = Math.max(this.#cursorMs, commit.atMs)
    return super.assign(commit, seq)
  }
}

/** Has no unique index on tile and seq. */
class UnguardedStore extends SimulatedStore {
  protected override assignSeq(id: Commit['id'], seq: Seq) {
    const commit = this.unsequenced().find((each) => each.id === id)
    return commit ? this.assign(commit, seq) : ('already' as const)
  }
}

/** Reads the commits first and the tails afterwards, not in one snapshot. */
class TornStore extends SimulatedStore {
  override async sequence({ limit }: { limit: number }) {
    const commits = this.unsequenced().slice(0, limit)
    await this.hooks.pause()
    const next = new Map(commits.map((commit) => [commit.tile, this.head(commit)]))
    for (const commit of commits) {
      const seq = ((next.get(commit.tile) ?? 0) + 1) as Seq
      next.set(commit.tile, seq)
      if (this.assignSeq(commit.id, seq) === 'taken') return { sequenced: 0, raced: true, fresh: [] }
      await this.hooks.pause()
    }
    return { sequenced: commits.length, raced: false, fresh: [] }
  }
}

/** Hands out the oldest commits first, although a tile's order is that of its numbers. */
class ImpatientStore extends SimulatedStore {
  override async getUnpublished({ limit }: { limit: number }) {
    const all = await super.getUnpublished({ limit: 1_000 })
    return all.sort((a, b) => a.atMs - b.atMs).slice(0, limit)
  }
}

/** Takes the tail from the outbox alone, which lets old commits go. */
class ForgetfulStore extends SimulatedStore {
  protected override raiseHead() {}
}

/** Serves boards as the pixels are, with what has no number yet. */
class HastyStore extends SimulatedStore {
  protected override unsequencedOn(): Commit[] {
    return []
  }
}

/** Appends whatever comes, in the order in which it comes. */
class TrustingStream extends RecordedStream {
  protected override classify(commit: SequencedCommit): AppendAnswer {
    const answer = super.classify(commit)
    return answer.kind === 'other_epoch' ? answer : { kind: 'appended' }
  }
}

export const simulatedMistakes: readonly { name: string; mistakes: Mistakes; sign: RegExp }[] = [
  {
    name: 'marking before appending',
    mistakes: {
      async publisherStep({ store, stream }) {
        await store.sequence({ limit: 4 })
        const commits = await store.getUnpublished({ limit: 4 })
        await store.markAsPublished(commits, 1)
        await stream.append(commits)
      },
    },
    sign: /marked as published and was never in the stream/,
  },
  { name: 'appending without a look at the tail', mistakes: { stream: TrustingStream }, sign: /enters the stream/ },
  { name: 'sequencing by a cursor on time', mistakes: { store: CursorStore }, sign: /commits were never published/ },
  { name: 'sequencing without a unique index', mistakes: { store: UnguardedStore }, sign: /the next one gets seq/ },
  { name: 'sequencing without a snapshot', mistakes: { store: TornStore }, sign: /the next one gets seq/ },
  { name: 'publishing by time instead of by number', mistakes: { store: ImpatientStore }, sign: /enters the stream, and \d+ never did/ },
  { name: 'tails that expire with the last commit', mistakes: { store: ForgetfulStore }, sign: /the next one gets seq/ },
  { name: 'boards that hold what has no number yet', mistakes: { store: HastyStore }, sign: /A4 client \d+ showed a wrong board/ },
  { name: 'clients that draw every frame', mistakes: { clientsTrustEveryFrame: true }, sign: /A3 client \d+ at \d+ drew/ },
  { name: 'gateways that never compare their tails', mistakes: { gatewaysIgnoreTails: true }, sign: /A2 (client \d+|a gateway) stands at/ },
  {
    name: 'letting go of a tile while it is being joined',
    mistakes: { gatewaysHoldNothing: true },
    sign: /let go of a tile that clients are in/,
  },
  { name: 'asking again without the key', mistakes: { painterAsksWithoutKey: true }, sign: /A1 \d+ pixels were wanted and \d+ placed/ },
]

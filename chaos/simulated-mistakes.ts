/**
 * Mistakes in a store, a stream, a publisher, a gateway or a client, each with the sign by which the simulation must report it.
 * They prove that the simulation can fail.
 */
import type { Seq } from '../lib/brand.ts'
import type { Commit, SequencedCommit } from '../lib/commit.ts'
import { type CanvasUpdate, controlTile } from '../lib/control-log.ts'
import { firstCommitId } from '../lib/plan-group.ts'
import { planDueStep } from '../lib/plan-step.ts'
import type { TileRef } from '../server/store/port.ts'
import type { AppendAnswer } from '../server/stream/port.ts'
import type { RunnerStep } from './simulated-runners.ts'
import { SimulatedStore } from './simulated-store.ts'
import { RecordedStream } from './simulated-stream.ts'
import type { Mistakes } from './world.ts'

/** Reads only commits that are later than the newest one that has a seq. */
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

/** Reads the commits first and the heads afterwards, not in one snapshot. */
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

/** Returns the oldest commits first, although the order of a tile is that of its seqs. */
class ImpatientStore extends SimulatedStore {
  override async getUnpublished({ limit }: { limit: number }) {
    const all = await super.getUnpublished({ limit: 1_000 })
    return all.sort((a, b) => a.atMs - b.atMs).slice(0, limit)
  }
}

/** Takes the head from the outbox alone, where old commits expire. */
class ForgetfulStore extends SimulatedStore {
  protected override raiseHead() {}
}

/** Saves a change of the canvas and announces nothing. */
class SilentStore extends SimulatedStore {
  override addEntry(commit: Commit) {
    if (commit.tile !== controlTile) super.addEntry(commit)
  }
}

/** Saves every change of the canvas, also one of an older revision. */
class RevlessStore extends SimulatedStore {
  override async updateCanvas(update: CanvasUpdate) {
    const { rev = update.rev } = (await this.getCanvas(update.id)) ?? {}
    return super.updateCanvas({ ...update, rev })
  }
}

/** Makes the change of a step first, and takes the step off the schedule afterwards. */
const runInTwoTransactions = async ({ store, nowMs, newGroupId }: RunnerStep) => {
  for (const canvas of await store.listCanvases()) {
    const groupId = newGroupId()
    const { schedule, finishedSteps, ...change } = planDueStep(canvas, { nowMs, entryId: firstCommitId(groupId) })?.change ?? {}
    if (!schedule || !finishedSteps) continue
    const changed = await store.updateCanvas({ id: canvas.id, change, rev: canvas.rev, groupId, nowMs })
    if (changed.kind !== 'updated') continue
    const rest = { schedule, finishedSteps }
    await store.updateCanvas({ id: canvas.id, change: rest, rev: changed.canvas.rev, groupId: newGroupId(), nowMs })
  }
}

/** Serves boards as the pixels are, including commits without a seq. */
class HastyStore extends SimulatedStore {
  protected override unsequencedOn(): Commit[] {
    return []
  }
}

/** Appends every commit, in the order of the calls. */
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
  { name: 'appending without comparing the head', mistakes: { stream: TrustingStream }, sign: /enters the stream/ },
  { name: 'sequencing by a cursor on time', mistakes: { store: CursorStore }, sign: /commits were never published/ },
  { name: 'sequencing without a unique index', mistakes: { store: UnguardedStore }, sign: /the next one gets seq/ },
  { name: 'sequencing without a snapshot', mistakes: { store: TornStore }, sign: /the next one gets seq/ },
  { name: 'publishing by time instead of by seq', mistakes: { store: ImpatientStore }, sign: /enters the stream, and \d+ never did/ },
  { name: 'heads that expire with the last commit', mistakes: { store: ForgetfulStore }, sign: /the next one gets seq/ },
  { name: 'boards that include commits without a seq', mistakes: { store: HastyStore }, sign: /A4 client \d+ showed a wrong board/ },
  { name: 'changes of a canvas without an entry', mistakes: { store: SilentStore }, sign: /A2 the acknowledged change .* 0 times/ },
  { name: 'changes that do not compare the revision', mistakes: { store: RevlessStore }, sign: /E1 the step .* (ran 2 times|never ran)/ },
  { name: 'a step in two transactions', mistakes: { runnerStep: runInTwoTransactions }, sign: /E1 the step .* ran \d+ times/ },
  { name: 'clients that draw every frame', mistakes: { clientsTrustEveryFrame: true }, sign: /A3 client \d+ at \d+ drew/ },
  { name: 'gateways that never compare their heads', mistakes: { gatewaysIgnoreHeads: true }, sign: /A2 (client \d+|a gateway) stands at/ },
  {
    name: 'frames that do not wait for the canvas that they need',
    mistakes: { gatewaysSendAtOnce: true },
    sign: /C3 client \d+ got a frame/,
  },
  {
    name: 'dropping a tile while a client joins it',
    mistakes: { gatewaysHoldNothing: true },
    sign: /has dropped a tile that clients have joined/,
  },
  {
    name: 'repeating a request without the key',
    mistakes: { painterAsksWithoutKey: true },
    sign: /A1 \d+ pixels were wanted and \d+ placed/,
  },
]

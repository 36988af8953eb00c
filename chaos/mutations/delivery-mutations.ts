/** Mistakes between the store and the screen, and in requests. */
import type { Mutation } from './mutation.ts'

export const deliveryMutations: readonly Mutation[] = [
  {
    name: 'mark before append',
    breaks: 'A2',
    edits: [
      {
        file: 'server/publishing/publisher.ts',
        find: '    let inStream: SequencedCommit[]\n    try {\n',
        replace: '    let inStream: SequencedCommit[]\n    await this.#mark(commits)\n    try {\n',
      },
    ],
    tests: ['server/publishing/publisher.unit.test.ts'],
  },
  {
    name: 'append without the head check',
    breaks: 'A3',
    edits: [
      { file: 'server/stream/redis/append-script.ts', find: 'if seq <= head then', replace: 'if false then' },
      { file: 'server/stream/redis/append-script.ts', find: 'elseif seq == math.max(head, 0) + 1 then', replace: 'elseif true then' },
    ],
    tests: ['server/stream/redis/redis-stream.int.test.ts'],
  },
  {
    name: 'frames that do not wait for the size that they need',
    breaks: 'A4',
    edits: [
      {
        file: 'lib/fits-canvas.ts',
        find: 'color < palette.length && (isWhole || isInside(position))',
        replace: 'color < palette.length',
      },
    ],
    tests: ['server/realtime/announced-revisions.unit.test.ts', 'server/realtime/gateway-growth.int.test.ts'],
  },
  {
    name: 'frames that do not wait for the palette that they need',
    breaks: 'A4',
    edits: [
      {
        file: 'lib/fits-canvas.ts',
        find: 'color < palette.length && (isWhole || isInside(position))',
        replace: 'isWhole || isInside(position)',
      },
    ],
    tests: ['server/realtime/announced-revisions.unit.test.ts', 'server/realtime/gateway-growth.int.test.ts'],
  },
  {
    name: 'a shared group between gateways',
    breaks: 'A2',
    edits: [
      {
        file: 'server/broadcasting/broadcaster.ts',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text.
        find: 'group: `gateway-${gateway}`',
        replace: "group: 'gateways'",
      },
    ],
    tests: ['server/broadcasting/broadcaster.unit.test.ts'],
  },
  {
    name: 'frames not re-sent after a gap',
    breaks: 'A2',
    edits: [
      {
        file: 'server/broadcasting/broadcaster.ts',
        find: '        await this.#healer.heal(tile)\n        tile.apply(commit)\n        return\n',
        replace: '        return\n',
      },
    ],
    tests: ['server/broadcasting/broadcaster.unit.test.ts'],
  },
  {
    name: 'a board read before the subscription',
    breaks: 'A2',
    edits: [
      {
        file: 'server/broadcasting/tile-cache.ts',
        find: '    if (slot && slot.waiting.length < maxWaitingCommits) slot.waiting.push(commit)\n',
        replace: '',
      },
    ],
    tests: ['server/broadcasting/tile-cache.unit.test.ts'],
  },
  {
    name: 'pending entries never claimed',
    breaks: 'A2',
    edits: [{ file: 'server/projecting/projector.ts', find: '      await this.#claim(reader)\n', replace: '' }],
    tests: ['server/projecting/projector.unit.test.ts'],
  },
  {
    name: 'an unknown outcome reported as a refusal',
    breaks: 'A1',
    edits: [
      {
        file: 'server/placement/group-commit-queue.ts',
        find: "error instanceof StoreError && error.code !== 'outcome_unknown'",
        replace: 'error instanceof StoreError',
      },
    ],
    tests: ['server/placement/group-commit-queue.unit.test.ts'],
  },
  {
    name: 'a clock that goes back',
    breaks: 'A4',
    edits: [{ file: 'lib/clock.ts', find: 'Math.max(nowMs, overwrittenAtMs + 1)', replace: 'nowMs' }],
    tests: ['lib/clock.unit.test.ts', 'lib/plan-group.unit.test.ts', 'lib/plan-group-properties.unit.test.ts'],
  },
  {
    name: 'clients that draw every frame',
    breaks: 'A3',
    edits: [
      {
        file: 'lib/client-rule.ts',
        find: "  if (to <= seq) return 'drop'\n  return from <= seq + 1 ? 'apply' : 'gap'\n",
        replace: "  return 'apply'\n",
      },
    ],
    tests: ['lib/client-rule.unit.test.ts', 'lib/tile-follower.unit.test.ts'],
  },
  {
    name: 'a slow client that is never cut off',
    breaks: 'A6',
    edits: [
      {
        file: 'server/realtime/connection-checks.ts',
        find: 'if (bytes <= connectionBounds.unsentBytes) return false',
        replace: 'return false',
      },
    ],
    tests: ['server/realtime/gateway-cutting-off.int.test.ts'],
  },
  {
    name: 'a new CONNECT renews the budget of its connection',
    breaks: 'A6',
    edits: [
      {
        file: 'server/realtime/connection-budget.ts',
        find: '    return this.#connects.tryTake(1, this.#now())',
        replace: '    this.#messages.take(-1_000, this.#now())\n    return this.#connects.tryTake(1, this.#now())',
      },
    ],
    tests: ['server/realtime/gateway-raw.int.test.ts'],
  },
  {
    name: 'a shutdown that drops what was accepted',
    breaks: 'A7',
    edits: [{ file: 'server/placement/group-commit-queue.ts', find: '    await this.#running\n', replace: '' }],
    tests: ['server/placement/group-commit-queue.unit.test.ts'],
  },
  {
    name: 'a partition that is away holds up the others',
    breaks: 'A2',
    edits: [{ file: 'server/publishing/publisher.ts', find: 'tiles: await this.#withoutOutage(tiles) })', replace: 'tiles })' }],
    tests: ['server/publishing/partitions.int.test.ts'],
  },
]

/** Mistakes that would break an invariant, each as an edit of production code with the tests that must fail. */
import type { Mutation } from './mutation.ts'

export const mutations: readonly Mutation[] = [
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
    name: 'a change that does not compare the revision',
    breaks: 'A2',
    edits: [
      {
        file: 'server/store/mongo/mongo-canvases.ts',
        find: "      if (canvas.rev !== update.rev) return { kind: 'stale', canvas }\n",
        replace: '',
      },
    ],
    tests: ['server/scheduling/schedule-runner.int.test.ts'],
  },
  {
    name: 'acknowledge before commit',
    breaks: 'A1',
    edits: [
      {
        file: 'server/store/sqlite/transactions.ts',
        find: '      commit.run()\n',
        replace: '      setImmediate(() => commit.run())\n',
      },
    ],
    tests: ['server/store/sqlite/acknowledged.int.test.ts'],
  },
  {
    name: 'two transactions instead of one (SQLite)',
    breaks: 'A1',
    edits: [
      {
        file: 'server/store/sqlite/sqlite-placing.ts',
        find: '    for (const commit of plan.commits) tables.addCommit(commit)\n',
        replace: "    database.exec('COMMIT; BEGIN IMMEDIATE')\n    for (const commit of plan.commits) tables.addCommit(commit)\n",
      },
    ],
    tests: ['server/store/sqlite/sqlite-store.int.test.ts'],
  },
  {
    name: 'two transactions instead of one (MongoDB)',
    breaks: 'A1',
    edits: [
      {
        file: 'server/store/mongo/mongo-placing.ts',
        find: '    await outbox.insertMany(planned.commits.map(',
        replace:
          '    await session.commitTransaction()\n    session.startTransaction(transactionOptions)\n    await outbox.insertMany(planned.commits.map(',
      },
    ],
    tests: ['server/store/mongo/killed-database.int.test.ts', 'server/store/mongo/race.int.test.ts'],
  },
  {
    name: 'a change of a canvas without its control entry',
    breaks: 'A2',
    edits: [{ file: 'server/store/sqlite/sqlite-canvases.ts', find: '    addEntry(entry)\n', replace: '' }],
    tests: ['server/store/sqlite/sqlite-store.int.test.ts', 'server/canvas-changes.int.test.ts'],
  },
  {
    name: 'a cursor on ids instead of state',
    breaks: 'A2',
    edits: [
      {
        file: 'server/store/mongo/mongo-outbox.ts',
        find: '      const found = outbox.find(unsequencedIn({ ...scope, erasing: [...erasing] }), inside(session)).sort({ at: 1, _id: 1 })',
        replace:
          '      const found = outbox.find({ $and: [unsequencedIn({ ...scope, erasing: [...erasing] }), { _id: { $gt: cursor } }] }, inside(session)).sort({ at: 1, _id: 1 })',
      },
      {
        file: 'server/store/mongo/mongo-outbox.ts',
        find: '      if (page.commits.length > 0 || erasing.size === before)',
        replace:
          '      for (const { _id } of page.commits) cursor = _id > cursor ? _id : cursor\n      if (page.commits.length > 0 || erasing.size === before)',
      },
      {
        file: 'server/store/mongo/mongo-outbox.ts',
        find: '  let mayBeMore = false\n',
        replace: "  let mayBeMore = false\n  let cursor = ''\n",
      },
    ],
    tests: ['server/store/mongo/race.int.test.ts'],
  },
  {
    name: 'sequencing without a snapshot',
    breaks: 'A4',
    edits: [
      {
        file: 'server/store/mongo/mongo-outbox.ts',
        find: '    context.transaction(async (session) => {\n      const { waiting',
        replace: '    (async (run) => run(undefined))(async (session) => {\n      const { waiting',
      },
    ],
    tests: ['server/store/mongo/race.int.test.ts'],
  },
  {
    name: 'a late placement of an erased board that is not dropped',
    breaks: 'A4',
    edits: [{ file: 'server/store/mongo/mongo-outbox.ts', find: "        else if (state === 'late') late.push(document)\n", replace: '' }],
    tests: ['server/store/mongo/late-commits.int.test.ts'],
  },
  {
    name: 'a mark that raises a head of an erased board',
    breaks: 'A3',
    edits: [
      {
        file: 'server/store/mongo/tile-head.ts',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text.
        find: '=> `${canvas}/${tile}/${epoch}`',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text.
        replace: "=> `${canvas}/${tile}${epoch === '' ? '' : ''}`",
      },
    ],
    tests: ['server/store/mongo/mongo-store.int.test.ts'],
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
    name: 'no unique index',
    breaks: 'A3',
    edits: [{ file: 'server/store/mongo/schemas.ts', find: "{ name: 'log', unique: true, ", replace: "{ name: 'log', " }],
    tests: ['server/store/mongo/race.int.test.ts'],
  },
  {
    name: 'fsync off',
    breaks: 'A1',
    edits: [{ file: 'server/store/mongo/test-mongo.fixture.ts', find: ", ...(syncs ? ['--sync-on-commit'] : [])]", replace: ']' }],
    tests: ['server/store/mongo/killed-database.int.test.ts'],
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
    name: 'unsequenced commits left in a board (SQLite)',
    breaks: 'A4',
    edits: [
      {
        file: 'server/store/sqlite/sqlite-boards.ts',
        find: 'undoCommits(board.colors, newestFirst)',
        replace: 'undoCommits(board.colors, [])',
      },
    ],
    tests: ['server/store/sqlite/sqlite-store.int.test.ts'],
  },
  {
    name: 'unsequenced commits left in a board (MongoDB)',
    breaks: 'A4',
    edits: [
      {
        file: 'server/store/mongo/mongo-log.ts',
        find: '          unsequenced.map((document) => ',
        replace: '          unsequenced.slice(0, 0).map((document) => ',
      },
    ],
    tests: ['server/store/mongo/mongo-store.int.test.ts'],
  },
  {
    name: 'cooldown checked outside the transaction',
    breaks: 'A5',
    edits: [
      {
        file: 'server/store/mongo/mongo-placing.ts',
        find: '    const painterById = await read(painters, painterIds, { charges: 1 })\n',
        replace:
          '    const painterById = new Map((await painters.find({ _id: { $in: [...painterIds] } }).toArray()).map((each) => [each._id, each]))\n',
      },
      {
        file: 'server/store/mongo/mongo-placing.ts',
        find: '        { ...inside(session), ordered: false },\n      )\n    }\n    if (planned.idempotencyRecords',
        replace: '        { ordered: false },\n      )\n    }\n    if (planned.idempotencyRecords',
      },
    ],
    tests: ['server/store/mongo/mongo-store.int.test.ts'],
  },
  {
    name: 'a durable head that expires with its commits (SQLite)',
    breaks: 'A3',
    edits: [
      {
        file: 'server/store/sqlite/tile-head.ts',
        find: "Number(durable.get(canvas, tile)?.['tail'] ?? 0)",
        replace: "Number(durable.get(canvas, tile)?.['nothing'] ?? 0)",
      },
    ],
    tests: ['server/store/sqlite/sqlite-store.int.test.ts'],
  },
  {
    name: 'a durable head that expires with its commits (MongoDB)',
    breaks: 'A3',
    edits: [{ file: 'server/store/mongo/tile-head.ts', find: 'raise(heads, head, head.tail)', replace: 'void head' }],
    tests: ['server/store/mongo/mongo-store.int.test.ts'],
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
    name: 'a lost answer reported as a refusal',
    breaks: 'A1',
    edits: [{ file: 'server/store/mongo/settle-commit.ts', find: 'if (found === false && isCertain) {', replace: 'if (!found) {' }],
    tests: ['chaos/harness/lost-answer.int.test.ts', 'server/store/mongo/mongo-outages.int.test.ts'],
  },
  {
    name: 'a repeated key answered before a majority has its placement',
    breaks: 'A1',
    edits: [
      {
        file: 'server/store/mongo/mongo-placing.ts',
        find: 'if (!saves && !planned.outcomes.some(isPlaced)) return',
        replace: 'if (!saves) return',
      },
    ],
    tests: ['server/store/mongo/mongo-unknown.int.test.ts'],
  },
  {
    name: 'an answer without a majority taken as certain',
    breaks: 'A1',
    edits: [
      { file: 'server/store/mongo/settle-commit.ts', find: "error.errorResponse['writeConcernError'] !== undefined", replace: 'false' },
    ],
    tests: ['server/store/mongo/mongo-unknown.int.test.ts'],
  },
  {
    name: 'a durable head that a failover takes back',
    breaks: 'A3',
    edits: [
      {
        file: 'server/store/mongo/mongo-outbox.ts',
        find: '{ ordered: false, ...durable },',
        replace: '{ ordered: false, ...atMost(5_000).light },',
      },
    ],
    tests: ['server/store/mongo/mongo-failover.int.test.ts'],
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

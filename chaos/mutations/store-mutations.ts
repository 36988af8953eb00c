/** Mistakes in the adapters of the store. */
import type { Mutation } from './mutation.ts'

export const storeMutations: readonly Mutation[] = [
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
        find: '    const painterById = await readById(painters, { ids: painterIds, projection: { charges: 1 } }, session)\n',
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
]

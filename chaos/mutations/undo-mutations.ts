/** Mistakes in undoing placements. */
import type { Mutation } from './mutation.ts'

export const undoMutations: readonly Mutation[] = [
  {
    name: 'an undo of a placement that no longer stands',
    breaks: 'A5',
    edits: [
      {
        file: 'lib/plan-undo.ts',
        find: '    if (now.entry?.atMs !== placement.atMs) return refused(paintedOver)\n',
        replace: '',
      },
    ],
    tests: ['lib/plan-undo.unit.test.ts', 'chaos/simulation.unit.test.ts'],
  },
  {
    name: 'an undo that gives back more than the most charges',
    breaks: 'A5',
    edits: [{ file: 'lib/charges.ts', find: 'now.count < rules.maxCharges ? {', replace: 'now.count >= 0 ? {' }],
    tests: ['lib/plan-undo.unit.test.ts'],
  },
  {
    name: 'an undo whose answer is not stored',
    breaks: 'A1',
    edits: [{ file: 'lib/plan-group.ts', find: ', ...pixels.undoRecords()]', replace: ']' }],
    tests: ['server/store/sqlite/sqlite-store.int.test.ts'],
  },
  {
    name: 'an undo without a commit',
    breaks: 'A2',
    edits: [
      {
        file: 'lib/group-commits.ts',
        find: '      return { commits, pixels }\n',
        replace: "      return { commits: commits.filter(({ cause }) => cause !== 'undo'), pixels }\n",
      },
    ],
    tests: ['lib/plan-undo.unit.test.ts', 'chaos/simulation.unit.test.ts'],
  },
]

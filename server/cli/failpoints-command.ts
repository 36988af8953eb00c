/** `failpoints`: the names that FAILPOINTS takes. */
import { failpointActions, failpointNames } from '../failpoints.ts'
import { parseArguments } from './arguments.ts'
import type { Command } from './command.ts'

const help = `fresco failpoints

Lists the names of the failpoints, one a line. For tests only: FAILPOINTS=NAME=ACTION,… makes a process die, fail or hang
there; ACTION is ${failpointActions.join(', ')}.`

export const failpointsCommand: Command = {
  name: 'failpoints',
  summary: 'lists where FAILPOINTS can make a process fail, for tests',
  help,
  async run({ args, print }) {
    parseArguments(args, {})
    for (const name of failpointNames) print(name)
  },
}

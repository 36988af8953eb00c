/** `failpoints`: lists the names for FAILPOINTS. */
import { failpointActions, failpointNames } from '../failpoints.ts'
import { parseArguments } from './arguments.ts'
import type { Command } from './command.ts'

const help = `fresco failpoints

Lists the names of the failpoints, one a line. For tests only: FAILPOINTS=NAME=ACTION,… kills, fails or hangs a process at these places.
ACTION is ${failpointActions.join(', ')}.`

export const failpointsCommand: Command = {
  name: 'failpoints',
  summary: 'lists the names for FAILPOINTS, for tests',
  help,
  async run({ args, print }) {
    parseArguments(args, {})
    for (const name of failpointNames) print(name)
  },
}

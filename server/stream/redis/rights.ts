/** Which rights the Redis user lacks, and which commands Redis lacks. Each command is tried in a form that changes nothing. */
import type { Redis } from 'ioredis'
import { asCanvasId } from '../../../lib/brand.ts'
import type { RedisNames } from './keys.ts'

type Attempt = readonly [command: string, ...args: string[]]

/** A group that does not exist. */
const noGroup = 'fresco-rights'

const attempts = (names: RedisNames, database: number): Attempt[] => [
  ...(database > 0 ? [['select', String(database)] as const] : []),
  ['ping'],
  ['info', 'server'],
  ['set', names.probe, '1', 'EX', '1'],
  // The probe is a string, so this fails after Redis has checked the right.
  ['hset', names.probe, 'field', '1'],
  ['del', names.probe],
  ['eval', 'return 1', '0'],
  ...[names.groupKinds, names.heartbeats, names.heads(asCanvasId('main'))].flatMap((hash): Attempt[] => [
    ['hget', hash, noGroup],
    ['hmget', hash, noGroup],
    ['hgetall', hash],
    ['hdel', hash, noGroup],
  ]),
  // The id is no id.
  ['xadd', names.stream, 'none', 'm', ''],
  ['xlen', names.stream],
  ['xtrim', names.stream, 'MAXLEN', '~', '1000000000'],
  ['xack', names.stream, noGroup, '1-1'],
  ['xpending', names.stream, noGroup],
  ['xautoclaim', names.stream, noGroup, noGroup, '0', '0'],
  ['xreadgroup', 'GROUP', noGroup, noGroup, 'STREAMS', names.stream, '>'],
  ['xgroup|create', names.stream, noGroup, 'none'],
  ['xgroup|createconsumer', names.stream, noGroup, noGroup],
  ['xgroup|delconsumer', names.stream, noGroup, noGroup],
  ['xgroup|destroy', names.stream, noGroup],
  ['xinfo|groups', names.stream],
  ['xinfo|consumers', names.stream, noGroup],
  ['memory|usage', names.stream],
  ['publish', names.signals, '[]'],
  ['subscribe', names.signals],
]

/** `rights` are as `ACL SETUSER` takes them. Errors other than a missing right or command are ignored. */
export const findMissing = async (client: Redis, names: RedisNames, database: number) => {
  const rights = new Set<string>()
  const commands = new Set<string>()
  await Promise.all(
    attempts(names, database).map(async ([command, ...args]) => {
      try {
        await client.call(...(command.split('|') as [string]), ...args)
      } catch (error) {
        const message = error instanceof Error ? error.message : ''
        if (/^ERR unknown (sub)?command/i.test(message)) commands.add(command.replace('|', ' ').toUpperCase())
        for (const right of rightsOf(message, command, args)) rights.add(right)
      }
    }),
  )
  return { rights: [...rights], commands: [...commands] }
}

const rightsOf = (message: string, command: string, args: readonly string[]): string[] => {
  if (!message.startsWith('NOPERM')) return []
  // One pattern for all partitions, which have a number in their hash tags.
  if (/\bchannels?\b/.test(message)) return [`&${args[0]?.replace(/(\{fresco:).*/, '$1*')}`]
  if (!/\bkeys?\b/.test(message)) return [`+${command}`]
  const key = args.find((arg) => /(fresco|pixels):/.test(arg)) ?? ''
  return [`~${key.replace(/(fresco:).*/, '$1*')}`]
}

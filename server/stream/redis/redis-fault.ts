/** Why Redis refuses a write, from the word that its error begins with. */
import type { WriteFault } from '../../../lib/write-fault.ts'

const byWord: Readonly<Record<string, WriteFault>> = {
  OOM: 'out_of_memory',
  MISCONF: 'not_persisting',
  READONLY: 'read_only',
  NOREPLICAS: 'no_replicas',
  LOADING: 'loading',
  NOPERM: 'permission',
  NOAUTH: 'permission',
  WRONGPASS: 'permission',
}

/** Errors that are about Redis or a key, and not about the content of a write. */
const aboutRedis = new Set([
  ...Object.keys(byWord),
  ...[
    'WRONGTYPE',
    'NOSCRIPT',
    'BUSY',
    'UNKILLABLE',
    'MASTERDOWN',
    'CLUSTERDOWN',
    'MOVED',
    'ASK',
    'TRYAGAIN',
    'CROSSSLOT',
    'EXECABORT',
    'NOPROTO',
  ],
])

/** A command of a script that the user may not run, or that this Redis does not have: these begin with ERR. */
const refusedCommand = /user executing the script can't|ACL failure in script|unknown (redis )?command/i

export const isAboutRedis = (error: unknown): boolean =>
  !(error instanceof Error) || refusedCommand.test(error.message) || error.message.split(/[\s:-]+/, 4).some((word) => aboutRedis.has(word))

/** Depending on the version, the message of an error inside a script begins with the word, or with `ERR` and the word after it. */
export const redisFaultOf = (error: unknown): WriteFault | null => {
  if (!(error instanceof Error)) return null
  for (const word of error.message.split(/[\s:-]+/, 4)) if (byWord[word]) return byWord[word]
  return refusedCommand.test(error.message) ? 'permission' : null
}

/**
 * Which options and nodes of MONGODB_URI are refused. Fresco acknowledges a pixel when a majority of the replica set has it on disk, and it reads
 * from the primary. An option for less is a mistake, also where Fresco would override it.
 */

/** By option, in lower case: the only value that it may have. */
const required: Readonly<Record<string, { name: string; value: string }>> = {
  readpreference: { name: 'readPreference', value: 'primary' },
  readconcernlevel: { name: 'readConcernLevel', value: 'majority' },
  w: { name: 'w', value: 'majority' },
  journal: { name: 'journal', value: 'true' },
  j: { name: 'j', value: 'true' },
}

const decoded = (text: string) => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const pairsOf = (uri: string) => (uri.split('?')[1] ?? '').split(/[&;]/).map((pair) => pair.split('=').map(decoded))

/** In lower case. */
export const namesOfOptions = (uri: string): string[] => pairsOf(uri).map(([name = '']) => name.toLowerCase())

/** A sentence about the first option that Fresco cannot work with; null when there is none. */
export const refusedOption = (uri: string): string | null => {
  for (const [name = '', value = ''] of pairsOf(uri)) {
    const rule = required[name.toLowerCase()]
    if (rule && value.toLowerCase() !== rule.value) {
      return `must not say ${name}=${value}: Fresco needs ${rule.name}=${rule.value}, which it asks for itself. Leave the option out`
    }
  }
  return null
}

const databaseIn = (uri: string) => /^mongodb(?:\+srv)?:\/\/[^/]*\/([^?]*)/.exec(uri)?.[1]

/** The name that the URI has, else `fresco`. */
export const databaseOf = (uri: string) => decoded(databaseIn(uri) || 'fresco')

/** A sentence about a name that MongoDB does not accept; null when it does. */
export const refusedDatabase = (uri: string): string | null =>
  /[/\\. "$%]/.test(decoded(databaseIn(uri) ?? ''))
    ? 'must name a database without / \\ . " $ % and blanks. In the user and the password, write / as %2F'
    : null

/**
 * A sentence about the node that a connection leads to, by its answer to `hello`; null when it can be used. A direct connection does not follow
 * the primary: after a failover it would read what a secondary has.
 */
export const refusedNode = (hello: { isWritablePrimary?: unknown; hosts?: unknown }, isDirect: boolean): string | null => {
  const isPrimary = hello.isWritablePrimary !== false
  const hosts = Array.isArray(hello.hosts) ? hello.hosts.length : 1
  if (isPrimary && !(isDirect && hosts > 1)) return null
  const reason = isPrimary ? 'and another one may become the primary' : 'which is not the primary'
  return `MongoDB cannot be used (MONGODB_URI): it leads to one node, ${reason}. Leave out directConnection, and name the replica set with replicaSet.`
}

/**
 * Finds variables that are probably misspelt settings. Fresco shares its environment with other programs. So a similar name is a mistake
 * only if no other program is likely to use the name of the setting, or if the variable is in ENV_FILE.
 */

/** Names that other programs use, too. Similar names are mistakes only in ENV_FILE. */
const common: ReadonlySet<string> = new Set(['NODE_ENV', 'ENV_FILE', 'PORT', 'HOST', 'ROLES', 'LOG_LEVEL'])

/** The beginning of settings of Fresco. Unknown names are reported in the log, and refused in ENV_FILE. */
const ownPrefix = /^(CANVAS|OUTBOX|COOLDOWN)_/i

/** The number of letters to add, remove, replace or swap with a neighbour (optimal string alignment). */
const distance = (one: string, other: string): number => {
  const rows = [Array.from({ length: other.length + 1 }, (_, column) => column)]
  const at = (row: number, column: number) => rows[row]?.[column] ?? 0
  for (let row = 1; row <= one.length; row++) {
    const values = [row]
    rows.push(values)
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1]
      let least = Math.min(at(row - 1, column) + 1, (values[column - 1] ?? 0) + 1, at(row - 1, column - 1) + (isSame ? 0 : 1))
      const isSwap = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]
      if (isSwap) least = Math.min(least, at(row - 2, column - 2) + 1)
      values.push(least)
    }
  }
  return at(one.length, other.length)
}

/** Variables of the runtime and its libraries. */
const ofRuntime = /^(NODE_|UV_|SSL_|OPENSSL_|LC_|LANG$|TZ$|DEBUG$)|_PROXY$/i

/** A name without the unit at its end. */
const stemOf = (name: string) => name.toUpperCase().replace(/_(MS|MILLISECONDS|S|SECS?|SECONDS|MIN|MINUTES|HOURS?|DAYS)$/, '')
const hasSameStem = (name: string, setting: string) => stemOf(setting) !== setting && stemOf(name) === stemOf(setting)

const mostChanges = (name: string) => (name.length < 10 ? 1 : 2)

/** The most similar setting. If that is set, the variable may belong to another program, unless it begins like a setting. */
const nearest = (name: string, options: { known: readonly string[]; set: ReadonlySet<string>; isOwn: boolean }): string | null => {
  const { known, set, isOwn } = options
  const near = known
    .filter((setting) => (isOwn || !common.has(setting)) && (ownPrefix.test(setting) || !set.has(setting)))
    .map((setting) => ({ setting, changes: hasSameStem(name, setting) ? 0 : distance(name.toUpperCase(), setting) }))
    .filter(({ setting, changes }) => changes <= mostChanges(setting))
    .sort((a, b) => a.changes - b.changes)
  return near[0]?.setting ?? null
}

export interface UnknownNames {
  /** Sentences; the start is refused. */
  readonly mistakes: readonly string[]
  /** Variables that begin like a setting or are in ENV_FILE, and may belong to another program. */
  readonly doubtful: readonly string[]
}

/** `names` are set; `own` of them are in ENV_FILE. */
export const unknownNames = (options: { names: readonly string[]; own: ReadonlySet<string>; known: readonly string[] }): UnknownNames => {
  const { names, own, known } = options
  const set = new Set(names)
  const mistakes: string[] = []
  const doubtful: string[] = []
  for (const name of names) {
    if (known.includes(name)) continue
    const meant = nearest(name, { known, set, isOwn: own.has(name) })
    if (meant) mistakes.push(`${name} is not a setting: did you mean ${meant}?`)
    else if (ownPrefix.test(name) && own.has(name)) mistakes.push(`${name} is not a setting`)
    else if (ownPrefix.test(name) || (own.has(name) && !ofRuntime.test(name))) doubtful.push(name)
  }
  return { mistakes, doubtful }
}

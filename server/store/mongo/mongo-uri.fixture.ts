/** The parts of a MongoDB URI. `URL` cannot parse several hosts. */
export interface MongoUri {
  readonly scheme: 'mongodb' | 'mongodb+srv'
  /** User and password, encoded. */
  readonly user: string | null
  readonly hosts: string
  readonly database: string
  readonly options: URLSearchParams
}

const pattern = /^(?<scheme>mongodb(?:\+srv)?):\/\/(?:(?<user>[^@/]*)@)?(?<hosts>[^@/?]+)(?:\/(?<database>[^?]*))?(?:\?(?<options>.*))?$/

/** Null when it is not the URI of a MongoDB. */
export const parseMongoUri = (uri: string): MongoUri | null => {
  const parts = pattern.exec(uri)?.groups
  if (!parts) return null
  const { scheme, user = null, hosts = '', database = '', options = '' } = parts
  return { scheme: scheme as MongoUri['scheme'], user, hosts, database, options: new URLSearchParams(options) }
}

export const formatMongoUri = ({ scheme, user, hosts, database, options }: MongoUri) => {
  const query = options.size > 0 ? `?${options}` : ''
  return `${scheme}://${user === null ? '' : `${user}@`}${hosts}/${database}${query}`
}

/** The URI with some parts and options changed. */
export const changeMongoUri = (uri: string, change: Partial<MongoUri>, options: Readonly<Record<string, string>> = {}): string => {
  const parts = parseMongoUri(uri)
  if (!parts) throw new Error('not the URI of a MongoDB')
  for (const [name, value] of Object.entries(options)) parts.options.set(name, value)
  return formatMongoUri({ ...parts, ...change })
}

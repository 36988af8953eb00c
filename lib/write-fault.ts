/** Why a store or a stream that answers refuses writes. Logs, metrics, health and `/admin` share these codes. */
export const writeFaults = [
  'disk_full',
  'quota',
  'file_too_large',
  'read_only',
  'permission',
  'missing',
  'io_error',
  'corrupt',
  'out_of_memory',
  'not_persisting',
  'no_replicas',
  'loading',
] as const
export type WriteFault = (typeof writeFaults)[number]

export const isWriteFault = (value: unknown): value is WriteFault => (writeFaults as readonly unknown[]).includes(value)

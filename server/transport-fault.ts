/** Whether the way to the stream or the store is at fault, and not what was to be carried. Then everything waits, and nothing counts against a commit. */
const transportCodes: readonly unknown[] = ['unavailable', 'closed', 'outcome_unknown']

export const isTransportFault = (error: unknown) => transportCodes.includes((error as { code?: unknown } | null)?.code)

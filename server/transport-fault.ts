/** Whether the way to the stream or the store is at fault, and not what was to be carried. Then everything waits, and nothing counts against a commit. */
const transportCodes: readonly unknown[] = ['unavailable', 'closed', 'outcome_unknown']

export const isTransportFault = (error: unknown) => transportCodes.includes((error as { code?: unknown } | null)?.code)

/**
 * Whether somebody else holds what was to be changed. A killed process can leave a transaction open on MongoDB, for up to a minute: that is no
 * fault of what was to be saved, and no reason for the rest to wait.
 */
export const isContested = (error: unknown) => (error as { code?: unknown } | null)?.code === 'contested'

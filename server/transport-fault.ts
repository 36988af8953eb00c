const transportCodes: readonly unknown[] = ['unavailable', 'closed', 'outcome_unknown']

/** Whether the connection to the stream or the store failed, and not the commit. Then everything waits, and no attempt is counted. */
export const isTransportFault = (error: unknown) => transportCodes.includes((error as { code?: unknown } | null)?.code)

/**
 * Whether another transaction holds the document. A killed process can leave a transaction open on MongoDB for up to a minute. That is not
 * a fault of the commit, and other commits need not wait.
 */
export const isContested = (error: unknown) => (error as { code?: unknown } | null)?.code === 'contested'

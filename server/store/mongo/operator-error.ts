/** An error whose message is a sentence for the operator. */
export class OperatorError extends Error {}

/** The driver forgets each server that is of another replica set, and then reports a timeout. */
const otherSetOf = (error: unknown) => {
  const topology = error instanceof Error && 'reason' in error ? error.reason : null
  if (!(topology instanceof Object && 'servers' in topology && 'setName' in topology)) return null
  const { servers, setName } = topology
  return setName && servers instanceof Map && servers.size === 0 ? `no server of the URI is in the replica set "${setName}"` : null
}

export const reasonOf = (error: unknown) => {
  const message = otherSetOf(error) ?? (error instanceof Error ? error.message : String(error)).replace(/\.$/, '')
  // Errors of drivers contain the address with the password.
  return message.replace(/\/\/[^@/\s]*@/g, '//…@')
}

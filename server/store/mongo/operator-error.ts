/** An error whose message is a sentence for the operator. */
export class OperatorError extends Error {}

export const reasonOf = (error: unknown) => {
  const message = error instanceof Error ? error.message : String(error)
  // Drivers quote the address that they were given, with the password.
  return message.replace(/\/\/[^@/\s]*@/g, '//…@')
}

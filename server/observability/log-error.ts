/** How errors look in the log. A fault that is expected, such as a store that is away, has no stack. */

export interface LoggedError {
  readonly type: string
  /** With the messages of the causes. */
  readonly message: string
  readonly code?: string | number
  readonly stack?: string
}

const maxCauses = 5
const maxMessage = 2_000
const maxStack = 8_000

const cut = (text: string, length: number) => (text.length > length ? `${text.slice(0, length)}…` : text)

/** These come from bugs, although they have codes. */
const isBugCode = (code: string) => code.startsWith('ERR_') || code.startsWith('HPE_')
const isAway = ({ name }: Error) => /^Mongo(Network|ServerSelection|PoolCleared|WaitQueue)|^MaxRetriesPerRequest/.test(name)

/** Whether an error has a code that tells its reason: a part is away, refuses, or is full. */
export const isExpected = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false
  const { code } = error as { code?: unknown }
  return isAway(error) || (typeof code === 'string' && !isBugCode(code))
}

const causesOf = (error: Error): Error[] => {
  const found: Error[] = []
  for (let at: unknown = error; at instanceof Error && found.length < maxCauses; at = at.cause) found.push(at)
  return found
}

export const loggedError = (error: Error, options: { withStack: boolean }): LoggedError => {
  const messages = causesOf(error).map(({ message }) => message)
  const { code } = error as { code?: unknown }
  return {
    type: error.name,
    // A cause often has the message of its error.
    message: cut([...new Set(messages)].join(': '), maxMessage),
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(options.withStack && {
      stack: cut(
        causesOf(error)
          .map(({ stack }) => stack)
          .join('\ncaused by: '),
        maxStack,
      ),
    }),
  }
}

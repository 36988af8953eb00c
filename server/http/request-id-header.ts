/** The name of a failing request (`request-id.ts`) in its answer. */
import type { ServerResponse } from 'node:http'
import type { Answer } from './exchange.ts'

export const requestIdHeader = 'x-request-id'

export const requestIdOf = ({ headers }: Pick<Answer, 'headers'>): string | null => headers[requestIdHeader] ?? null

/** The same problem with a name. */
export const withRequestId = (answer: Answer, requestId: string): Answer => ({
  ...answer,
  headers: { ...answer.headers, [requestIdHeader]: requestId },
  body: JSON.stringify({ ...JSON.parse(String(answer.body)), requestId }),
})

/** Makes the name readable with `getHeader`, for the access log. `writeHead` alone does not. */
export const noteRequestId = (response: ServerResponse, headers: Readonly<Record<string, string>> = {}) => {
  const requestId = headers[requestIdHeader]
  if (requestId !== undefined) response.setHeader(requestIdHeader, requestId)
}

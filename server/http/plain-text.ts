/** Answers with a sentence for people, outside the API. */
import type { ServerResponse } from 'node:http'
import { noteRequestId } from './request-id-header.ts'

export interface PlainText {
  readonly status: number
  readonly text: string
  readonly headers?: Readonly<Record<string, string>>
}

export const endText = (response: ServerResponse, { status, text, headers }: PlainText) => {
  noteRequestId(response, headers)
  return response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', ...headers }).end(text)
}

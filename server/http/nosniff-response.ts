import { type IncomingMessage, ServerResponse } from 'node:http'

/** Whatever is answered, by whichever part of the server, is what its type says and nothing else. */
export class NosniffResponse<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
  constructor(request: Request) {
    super(request)
    this.setHeader('x-content-type-options', 'nosniff')
  }
}

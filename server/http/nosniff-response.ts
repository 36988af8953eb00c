import { type IncomingMessage, ServerResponse } from 'node:http'

/** Parts of the server that watch an answer, each with one listener for its end, and Next's own: eleven for some pages. Node warns above ten. */
const maxListeners = 20

/** Whatever is answered, by whichever part of the server, is what its type says and nothing else. */
export class NosniffResponse<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
  constructor(request: Request) {
    super(request)
    this.setMaxListeners(maxListeners)
    this.setHeader('x-content-type-options', 'nosniff')
  }
}

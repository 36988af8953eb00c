import { type IncomingMessage, ServerResponse } from 'node:http'

/** Each part of the server that watches an answer adds a listener, up to eleven with Next's own. Node warns above ten. */
const maxListeners = 20

/** Every answer forbids browsers to guess another type, whichever part of the server sends it. */
export class NosniffResponse<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
  constructor(request: Request) {
    super(request)
    this.setMaxListeners(maxListeners)
    this.setHeader('x-content-type-options', 'nosniff')
  }
}

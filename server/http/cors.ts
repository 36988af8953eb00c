/**
 * Reading the public board from any page, without credentials (Fetch standard, "CORS protocol"). Only `GET`s that are open to
 * everybody carry these; without them a browser keeps an answer from a stranger's page.
 */
export const corsHeaders: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Fresco-Epoch, Fresco-Seq, ETag, Retry-After',
}

export const preflightHeaders: Readonly<Record<string, string>> = {
  'access-control-allow-methods': 'GET, HEAD',
  'access-control-allow-headers': '*',
  'access-control-max-age': '86400',
}

/**
 * The link that the first start prints: whoever opens it is signed in as the operator, once and within an hour. It lives in the memory of this process,
 * as a hash; what is printed is the only copy. Its secret is in the fragment, which browsers send to nobody: it gets into no log and no referrer, and a
 * program that looks at links before people do does not use it up.
 */
import { createHash, timingSafeEqual } from 'node:crypto'

export interface SignInLink {
  /** Of an address such as `https://fresco.example`. An earlier link ends. */
  make(base: string): string
  /** Whether this is the link's secret, still unused and in time. From then on it is used. */
  redeem(secret: string): boolean
}

export const linkLastsMs = 3_600_000

const hashOf = (secret: string) => createHash('sha256').update(secret).digest()

export const createSignInLink = (options: { now: () => number; randomBytes: (count: number) => Uint8Array }): SignInLink => {
  const { now, randomBytes } = options
  let open: { hash: Buffer; untilMs: number } | null = null
  return {
    make(base) {
      const secret = Buffer.from(randomBytes(32)).toString('base64url')
      open = { hash: hashOf(secret), untilMs: now() + linkLastsMs }
      return `${base}/admin#sign-in=${secret}`
    },
    redeem(secret) {
      if (!open || now() >= open.untilMs || !timingSafeEqual(hashOf(secret), open.hash)) return false
      open = null
      return true
    },
  }
}

/**
 * The sign-in link that the first start prints. It signs in an operator once, within an hour. This process has only its hash.
 *
 * The secret is in the fragment, which browsers do not send. So it appears in no log and no referrer, and programs that preview links do
 * not use it up.
 */
import { createHash, timingSafeEqual } from 'node:crypto'

export const linkLastsMs = 3_600_000

const hashOf = (secret: string) => createHash('sha256').update(secret).digest()

export const createSignInLink = (options: { now: () => number; randomBytes: (count: number) => Uint8Array }) => {
  const { now, randomBytes } = options
  let open: { hash: Buffer; untilMs: number } | null = null
  return {
    /** For an address such as `https://fresco.example`. An earlier link becomes invalid. */
    make(base: string): string {
      const secret = Buffer.from(randomBytes(32)).toString('base64url')
      open = { hash: hashOf(secret), untilMs: now() + linkLastsMs }
      return `${base}/admin#sign-in=${secret}`
    },
    /** Whether this is the secret of an unused and current link. Marks the link as used. */
    redeem(secret: string): boolean {
      if (!open || now() >= open.untilMs || !timingSafeEqual(hashOf(secret), open.hash)) return false
      open = null
      return true
    },
  }
}

export type SignInLink = ReturnType<typeof createSignInLink>

/**
 * The one-time nonces of `POST /api/probe`. A nonce is signed with a key from SESSION_SECRET, which all processes of an installation share. So
 * whichever web process answers accepts it and proves that it belongs to this installation, and nothing is written.
 */
import { createHash, createHmac } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Canvas } from '../../lib/canvas.ts'
import { isSameSecret } from '../accounts/same-secret.ts'

/** Long enough for processes whose clocks differ. */
export const nonceLastsMs = 60_000
const maxUsed = 1_000
const form = /^([0-9a-z]{1,9})\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}$/

export interface ProbeNonces {
  make(): string
  /** Whether this installation made it within the last minute. */
  isOwn(nonce: string | null): boolean
  /** The same, and false for the second time in this process. */
  take(nonce: string | null): boolean
  /** Only this installation can make it. */
  proofOf(nonce: string): string
}

export interface ProbeNoncesOptions {
  readonly sessionSecret: string
  readonly now: () => number
  readonly randomBytes: (count: number) => Uint8Array
}

/** The header of each request that a check sends, so that it causes no warning about the setup. */
export const nonceHeader = 'fresco-check'

export const createProbeNonces = ({ sessionSecret, now, randomBytes }: ProbeNoncesOptions): ProbeNonces => {
  const key = createHmac('sha256', sessionSecret).update('fresco probe 1').digest()
  const macOf = (text: string) => createHmac('sha256', key).update(text).digest('base64url')
  const used = new LRUCache<string, true>({ max: maxUsed })

  const isOwn = (nonce: string | null): nonce is string => {
    const [, madeAt] = form.exec(nonce ?? '') ?? []
    if (nonce === null || madeAt === undefined) return false
    if (Math.abs(now() - Number.parseInt(madeAt, 36)) > nonceLastsMs) return false
    const end = nonce.lastIndexOf('.')
    return isSameSecret(nonce.slice(end + 1), macOf(nonce.slice(0, end)))
  }

  return {
    make() {
      const text = `${now().toString(36)}.${Buffer.from(randomBytes(16)).toString('base64url')}`
      return `${text}.${macOf(text)}`
    },
    isOwn,
    take(nonce) {
      if (!isOwn(nonce) || used.has(nonce)) return false
      used.set(nonce, true)
      return true
    },
    proofOf: (nonce) => macOf(`proof ${nonce}`),
  }
}

/** Names the data of an installation. A copy of it with the same secrets has other epochs after a restore. */
export const historyOf = (canvases: readonly Pick<Canvas, 'id' | 'epoch'>[]): string =>
  createHash('sha256')
    .update(
      canvases
        .map(({ id, epoch }) => `${id} ${epoch}`)
        .sort()
        .join(),
    )
    .digest('base64url')
    .slice(0, 16)

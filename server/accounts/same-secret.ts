import { createHash, timingSafeEqual } from 'node:crypto'

const digest = (value: string) => createHash('sha256').update(value).digest()

/** Whether a presented secret is the expected one, in a time that tells nothing of where they differ or how long they are. */
export const isSameSecret = (presented: string, expected: string) => timingSafeEqual(digest(presented), digest(expected))

import { createHash, timingSafeEqual } from 'node:crypto'

const digest = (value: string) => createHash('sha256').update(value).digest()

/** Compares two secrets in a time that does not depend on their content or length. */
export const isSameSecret = (presented: string, expected: string) => timingSafeEqual(digest(presented), digest(expected))

/** A name for a new history of a canvas: eight letters or digits, 2^40 of them. */
import { randomBytes } from 'node:crypto'
import { asEpoch, type Epoch } from '../lib/brand.ts'

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

export const newEpoch = (): Epoch => asEpoch(Array.from(randomBytes(8), (byte) => alphabet[byte & 31]).join(''))

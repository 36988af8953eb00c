/** The name of a new history of a canvas: eight of 32 letters and digits, so 2^40 names. */
import { randomBytes } from 'node:crypto'
import { asEpoch, type Epoch } from '../lib/brand.ts'

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

export const newEpoch = (): Epoch => asEpoch(Array.from(randomBytes(8), (byte) => alphabet[byte & 31]).join(''))

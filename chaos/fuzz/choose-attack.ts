/** The attack with a given number. It depends only on the seed and the number. */
import { Random } from '../random.ts'
import { apiAttacks } from './api-attacks.ts'
import type { Attack, AttackMakers, Step, Target } from './attack.ts'
import { between, oneOf, weighted } from './choices.ts'
import { httpAttacks } from './http-attacks.ts'
import { pageAttacks } from './page-attacks.ts'
import { pictureAttacks } from './picture-attacks.ts'
import { floodAttacks, socketAttacks } from './socket-attacks.ts'
import { readableFrames } from './websocket-frames.ts'

export const kinds: readonly (readonly [weight: number, kind: readonly [name: string, makers: AttackMakers]])[] = [
  [500, ['sockets', socketAttacks]],
  [200, ['HTTP', httpAttacks]],
  [220, ['API', apiAttacks]],
  [50, ['pages', pageAttacks]],
  [40, ['pictures', pictureAttacks]],
  [4, ['floods', floodAttacks]],
]

/** Few enough that limits by address are reached, and enough that not every request is refused for them. */
const addresses = 16

/** Multiplying by this gives neighbouring numbers distant seeds. */
const spread = 0x9e3779b1

export const attackOf = (options: { seed: number; number: number; target: Target; hosts: readonly [string, ...string[]] }): Attack => {
  const { seed, number, target, hosts } = options
  const random = new Random((seed ^ Math.imul(number + 1, spread)) | 0)
  const address = `127.0.7.${between(random, 1, addresses)}`
  const host = oneOf(random, hosts)
  const [kind, makers] = weighted(random, kinds)
  const [name, make] = oneOf(random, Object.entries(makers) as [[string, AttackMakers[string]], ...[string, AttackMakers[string]][]])
  if (!make) throw new Error(`no attacks of the kind ${kind}`)
  return { number, kind, name, address, host, steps: make(random, { ...target, host }) }
}

/** The most bytes of a step that are printed. */
const shownBytes = 400

const describeStep = (step: Step): string => {
  switch (step.do) {
    case 'send': {
      const text = readableFrames(step.bytes)
      return `${step.on} sends ${JSON.stringify(text.slice(0, shownBytes))}${text.length > shownBytes ? ` … (${step.bytes.length} bytes)` : ''}`
    }
    case 'flood':
      return `${step.on} sends ${JSON.stringify(readableFrames(step.bytes).slice(0, 60))} … for ${step.totalBytes} bytes and reads nothing`
    case 'wait':
      return `waits ${step.ms} ms`
    default:
      return `${step.on} ${step.do}s`
  }
}

/** For a person who reads it. */
export const describeAttack = ({ number, kind, name, steps }: Attack): string =>
  [`attack ${number} (${kind}: ${name})`, ...steps.filter((step) => step.do !== 'read').map((step) => `    ${describeStep(step)}`)].join(
    '\n',
  )

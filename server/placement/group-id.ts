/**
 * Ids of groups, and by that of commits and placements: the time in base 36 (nine characters until the year 5188), so that they
 * sort roughly by age, and 65 random bits, so that no two processes ever choose the same.
 */
import { randomInt } from 'node:crypto'

const timeLength = 9
const randomLength = 12

export const createGroupIds = (options: { now: () => number; random36?: () => string }) => {
  const random36 = options.random36 ?? (() => randomInt(36).toString(36))
  return () => options.now().toString(36).padStart(timeLength, '0') + Array.from({ length: randomLength }, random36).join('')
}

/** When a group was made, from its id or from anything that begins with it. Not a number when it is no such id. */
export const groupTimeMs = (id: string) => Number.parseInt(id.slice(0, timeLength), 36)

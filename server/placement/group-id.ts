/**
 * Ids of groups, with which the ids of commits and placements begin. The time in base 36 (nine characters until the year 5188) sorts them
 * roughly by age, and 62 random bits make them unique among processes.
 */
import { randomInt } from 'node:crypto'

const timeLength = 9
const randomLength = 12

export const createGroupIds = (options: { now: () => number; random36?: () => string }) => {
  const random36 = options.random36 ?? (() => randomInt(36).toString(36))
  return () => options.now().toString(36).padStart(timeLength, '0') + Array.from({ length: randomLength }, random36).join('')
}

/** The time of a group, from its id or an id that begins with it. NaN for other ids. */
export const groupTimeMs = (id: string) => Number.parseInt(id.slice(0, timeLength), 36)

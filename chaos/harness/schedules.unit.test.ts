import { describe, expect, it } from 'vitest'
import { Random } from '../random.ts'
import { faultsOf } from './faults.ts'
import { concurrentFault } from './schedules.ts'

describe('concurrentFault', () => {
  const faults = faultsOf('services')
  const outside = faults.filter(({ kind }) => kind === 'network' || kind === 'redis' || kind === 'mongo')
  const companions = outside.flatMap((fault) =>
    Array.from({ length: 200 }, (_, seed) => concurrentFault(fault, faults, new Random(seed))).filter((each) => each !== undefined),
  )

  it('lets one process end or hang at the same time, and no second service', () => {
    expect(companions.length).toBeGreaterThan(0)
    expect(new Set(companions.map(({ kind }) => kind))).toEqual(new Set(['process']))
  })

  it('leaves faults of our processes alone', () => {
    const own = faults.filter(({ kind }) => kind === 'process')
    expect(
      own
        .flatMap((fault) => Array.from({ length: 20 }, (_, seed) => concurrentFault(fault, faults, new Random(seed))))
        .every((each) => each === undefined),
    ).toBe(true)
  })
})

/** When which fault happens: at random for a time, one kind until enough was placed, or half of all processes at once, repeatedly. */
import { setTimeout as wait } from 'node:timers/promises'
import { Random } from '../random.ts'
import type { Fault } from './faults.ts'
import type { Stage } from './run.ts'

/** Each fault has a separate random source. Two concurrent faults would otherwise draw in an order that the seed does not determine. */
const inject = (stage: Stage, fault: Fault) => {
  const random = new Random(stage.random.below(2 ** 31))
  return stage.inject(fault.name, () => fault.inject(stage.cluster, random))
}

const isOutside = ({ kind }: Fault) => kind === 'network' || kind === 'redis' || kind === 'mongo'
/** A process may crash or hang while another part is down. A service can hang only while it runs. */
const canBeConcurrent = (fault: Fault) => !isOutside(fault) && /SIGKILL|SIGSTOP/.test(fault.name)

/** A quarter of the faults of services happens while one of the processes is down or hangs. */
export const concurrentFault = (fault: Fault, faults: readonly Fault[], random: Random): Fault | undefined =>
  isOutside(fault) && random.chance(0.25) ? random.pick(faults.filter(canBeConcurrent)) : undefined

export const randomFaults = (faults: readonly Fault[], forMs: number) => async (stage: Stage) => {
  const { random } = stage
  while (stage.elapsedMs < forMs) {
    await wait(300 + random.below(1_700))
    const fault = random.pick(faults)
    if (!fault) return
    await Promise.all([fault, concurrentFault(fault, faults, random)].map((each) => each && inject(stage, each)))
  }
}

/** The longest wait for a system that saves nothing any more. */
const patienceMs = 120_000

/** The same fault this many times, spread over the placements. The last one comes after all placements. */
export const oneFault =
  (fault: Fault, { placements, times }: { placements: number; times: number }) =>
  async (stage: Stage) => {
    while (stage.injected < times) {
      const { injected, elapsedMs } = stage
      const due = (placements * (injected + 1)) / times
      while (stage.placed < due && stage.elapsedMs - elapsedMs < patienceMs) await wait(50)
      await wait(stage.random.below(500))
      await inject(stage, fault)
      // A fault that cannot be injected is not tried again.
      if (stage.injected === injected) return
    }
  }

export const killHalf = (forMs: number) => async (stage: Stage) => {
  const { cluster, random } = stage
  while (stage.elapsedMs < forMs) {
    await wait(1_000 + random.below(3_000))
    const victims = new Set<(typeof cluster.members)[number]>()
    while (victims.size < Math.ceil(cluster.members.length / 2)) {
      const member = random.pick(cluster.members)
      if (member) victims.add(member)
    }
    await stage.inject(`SIGKILL to ${[...victims].map(({ name }) => name).join(', ')}`, async () => {
      await Promise.all([...victims].map((member) => member.kill()))
      await wait(random.below(1_000))
      await Promise.all([...victims].map((member) => member.boot()))
    })
  }
}

export const noFaults = (forMs: number) => async (stage: Stage) => {
  await wait(Math.max(0, forMs - stage.elapsedMs))
}

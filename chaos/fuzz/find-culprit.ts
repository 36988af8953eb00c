/** After a crash: replays the last attacks one by one against a fresh process, until one of them ends it. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Cluster } from '../harness/cluster.ts'
import type { Attack } from './attack.ts'
import { describeAttack } from './choose-attack.ts'
import { play } from './play.ts'

/** A process that ends after an error first closes its handles. */
const endsWithinMs = 15_000
const noticedAfterMs = 100
const searchForMs = 120_000

export const findCulprit = async (
  cluster: Cluster,
  options: { suspects: readonly Attack[]; print: (line: string) => void },
): Promise<string[]> => {
  const { suspects, print } = options
  print(`        a process has ended; playing the last ${suspects.length} attacks again, one by one`)
  const stopAt = performance.now() + searchForMs
  await restart(cluster)
  for (const attack of suspects.toReversed()) {
    if (performance.now() > stopAt) break
    const before = cluster.crashes.length
    await play(attack, AbortSignal.timeout(5_000))
    await wait(noticedAfterMs)
    const until = performance.now() + endsWithinMs
    while (cluster.crashes.length === before && !(await answers(attack.host)) && performance.now() < until) await wait(noticedAfterMs)
    if (cluster.crashes.length > before) return [`one attack is enough to end a process: ${describeAttack(attack)}`]
  }
  return ['no attack alone ends a process: the last ones are in last-attacks.txt']
}

const restart = async (cluster: Cluster) => {
  for (const member of cluster.members) {
    if (cluster.crashes.some((crash) => crash.startsWith(`${member.name} `))) await member.boot()
  }
}

const answers = (host: string) =>
  fetch(`http://${host}/livez`, { signal: AbortSignal.timeout(2_000) }).then(
    (response) => response.ok,
    () => false,
  )

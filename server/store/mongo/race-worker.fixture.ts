/**
 * One process of the race: places or sequences on a small area until the test ends it, and then reports its results.
 * Started by `race.int.test.ts` with arguments.
 */
import { asCanvasId } from '../../../lib/brand.ts'
import { randomsOf } from '../../../lib/randoms.ts'
import { silentLogger } from '../../observability/log.ts'
import { paint, testPainter } from '../store.fixture.ts'
import { openMongoStore } from './mongo-store.ts'

export interface RaceReport {
  readonly acknowledged: readonly string[]
  readonly sequenced: number
  readonly racesLost: number
}

export const raceArea = 10

const [role = '', uri = '', name = '', seconds = '10'] = process.argv.slice(2)

const random = randomsOf(Number(name))
const store = await openMongoStore({ uri, retentionMs: 3_600_000, logger: silentLogger, now: Date.now, random: Math.random })
const endsAtMs = Date.now() + Number(seconds) * 1_000
const acknowledged: string[] = []
let sequenced = 0
let racesLost = 0

const pick = (below: number) => Math.floor(random() * below)
for (let group = 0; role === 'commitQueue' && Date.now() < endsAtMs; group++) {
  const requests = Array.from({ length: 1 + pick(4) }, () =>
    paint(
      { gx: pick(raceArea), gy: pick(raceArea), color: pick(4) },
      { painter: testPainter(`${name}${pick(5)}`), canvas: asCanvasId('main') },
    ),
  )
  const id = `race${name}${group.toString(36).padStart(8, '0')}`
  for (const outcome of await store.place({ id, requests, nowMs: Date.now() })) {
    if (outcome.kind !== 'done') continue
    for (const result of outcome.results) if (result.ok) acknowledged.push(result.placement.id)
  }
}
while (role === 'sequencer' && Date.now() < endsAtMs) {
  const result = await store.sequence({ limit: 64 })
  sequenced += result.sequenced
  if (result.raced) racesLost++
}

await store.close()
process.send?.({ acknowledged, sequenced, racesLost } satisfies RaceReport)
process.disconnect?.()

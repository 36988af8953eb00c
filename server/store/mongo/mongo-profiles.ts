/** Painters' profiles and the order of painters on MongoDB. */

import type mongoose from 'mongoose'
import type { ClientSession } from 'mongoose'
import { asPainterId, type CanvasId, type PainterId } from '../../../lib/brand.ts'
import { nobody } from '../../../lib/painter.ts'
import { mergeProfiles, type Profile } from '../../../lib/profile.ts'
import type { Place, ProjectionStore } from '../projections-port.ts'
import { long } from './command-options.ts'
import type { ProfileDocument } from './document-types.ts'
import type { MongoContext } from './mongo-context.ts'

type Counts = mongoose.mongo.Collection<{ _id: string; placed: number }>

const { majority, inside } = long

/** Where the counts are: all of `stats` by `placed`, or those of a day. */
interface Source {
  readonly collection: Counts
  readonly filter: Readonly<Record<string, unknown>>
  readonly placed: 'placed' | 'placedThatDay'
  readonly painter: 'key' | 'painter'
}

const profileKey = (canvas: CanvasId, painter: PainterId) => `${canvas}/${painter}`
const parse = (document: ProfileDocument | null): Profile | null => (document ? (JSON.parse(document.body) as Profile) : null)

export const mongoProfiles = ({ collections: { profiles, stats } }: MongoContext) => {
  const sourceOf = (canvas: CanvasId, day: number | null): Source =>
    day === null
      ? {
          collection: stats as unknown as Counts,
          filter: { canvas, kind: 'painter', key: { $ne: nobody } },
          placed: 'placed',
          painter: 'key',
        }
      : { collection: profiles as unknown as Counts, filter: { canvas, day }, placed: 'placedThatDay', painter: 'painter' }
  const above = ({ filter, placed }: Source, count: number) => ({ $match: { ...filter, [placed]: { $gt: count } } })

  const placeOf = async (source: Source, placed: number): Promise<Place> => {
    const sums = { _id: null, ahead: { $sum: 1 }, next: { $min: `$${source.placed}` } }
    const [found] = await source.collection
      .aggregate<{ ahead: number; next: number }>([above(source, placed), { $group: sums }], majority)
      .toArray()
    return { placed, ahead: found?.ahead ?? 0, next: found?.next ?? null }
  }

  return {
    /** Adds to the profiles inside of a transaction. */
    async add(canvas: CanvasId, added: ReadonlyMap<PainterId, Profile>, session: ClientSession) {
      if (added.size === 0) return
      const ids = [...added.keys()].map((painter) => profileKey(canvas, painter))
      const before = new Map((await profiles.find({ _id: { $in: ids } }, inside(session)).toArray()).map((each) => [each._id, each]))
      const writes = [...added].map(([painter, profile]) => {
        const _id = profileKey(canvas, painter)
        const known = parse(before.get(_id) ?? null)
        const merged = known ? mergeProfiles(known, profile) : profile
        const { day, placedThatDay, placed } = merged
        const replacement = { canvas, painter, day, placedThatDay, placed, body: JSON.stringify(merged) }
        return { replaceOne: { filter: { _id }, replacement, upsert: true } }
      })
      await profiles.bulkWrite(writes, { ...inside(session), ordered: false })
    },

    reads: {
      async readLeaders({ canvas, day, limit }) {
        const source = sourceOf(canvas, day)
        const { collection, placed, painter } = source
        const [painters, [sums]] = await Promise.all([
          collection
            .aggregate<Record<string, unknown>>([above(source, 0), { $sort: { [placed]: -1, [painter]: 1 } }, { $limit: limit }], majority)
            .toArray(),
          collection
            .aggregate<{ placed: number; painters: number }>(
              [above(source, 0), { $group: { _id: null, placed: { $sum: `$${placed}` }, painters: { $sum: 1 } } }],
              majority,
            )
            .toArray(),
        ])
        return {
          painters: painters.map((each) => ({ by: asPainterId(String(each[painter])), placed: Number(each[placed]) })),
          placed: sums?.placed ?? 0,
          painterCount: sums?.painters ?? 0,
        }
      },
      async readProfile({ canvas, painter, day }) {
        const [document, stat] = await Promise.all([
          profiles.findOne({ _id: profileKey(canvas, painter) }, majority),
          stats.findOne({ _id: `${canvas}/painter/${painter}` }, majority),
        ])
        const profile = parse(document)
        const [all, ofDay] = await Promise.all([
          placeOf(sourceOf(canvas, null), stat?.placed ?? 0),
          placeOf(sourceOf(canvas, day), profile?.day === day ? profile.placedThatDay : 0),
        ])
        return { profile, all, day: ofDay }
      },
    } satisfies Pick<ProjectionStore, 'readLeaders' | 'readProfile'>,
  }
}

/** The record of acts on MongoDB: the collection `acts`. */
import { type Act, actLimits, kindOf } from '../../../lib/act.ts'
import { type ActEnd, type ActQuery, type ActStore, keptSince } from '../acts-port.ts'
import { durable, majority } from './command-options.ts'
import type { ActDocument } from './document-types.ts'
import type { MongoContext } from './mongo-context.ts'

export const documentOf = (act: Act): ActDocument => {
  const { id, atMs, details, ...rest } = act
  return { _id: id, at: atMs, kind: kindOf(act), ...rest, details: JSON.stringify(details) }
}

const actOf = ({ _id: id, at: atMs, kind: _, details, ...rest }: ActDocument): Act => ({ id, atMs, ...rest, details: JSON.parse(details) })

export const mongoActs = ({ collections: { acts } }: MongoContext): ActStore => ({
  async saveAct(act: Act) {
    const { _id, ...fields } = documentOf(act)
    await acts.updateOne({ _id }, { $setOnInsert: fields }, { ...durable, upsert: true })
    await acts.deleteMany({ at: { $lt: keptSince(act) } }, durable)
    const [newestRemoved] = await acts
      .find({}, { ...majority, projection: { _id: 1 } })
      .sort({ _id: -1 })
      .skip(actLimits.maxActs)
      .limit(1)
      .toArray()
    if (newestRemoved) await acts.deleteMany({ _id: { $lte: newestRemoved._id } }, durable)
  },

  async endAct({ id, outcome, code }: ActEnd) {
    await acts.updateOne({ _id: id, outcome: null }, { $set: { outcome, code } }, durable)
  },

  async readActs({ before, limit, kind = null, target = null }: ActQuery) {
    const filter = { ...(before !== null && { _id: { $lt: before } }), ...(kind !== null && { kind }), ...(target !== null && { target }) }
    return (await acts.find(filter, majority).sort({ _id: -1 }).limit(limit).toArray()).map(actOf)
  },
})

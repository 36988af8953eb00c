/**
 * Heartbeats and the points of the last hour on MongoDB. A failover may lose some of them, so
 * they are written without waiting for a majority. TTL indexes remove them.
 */
import {
  type Heartbeat,
  type HeartbeatWithReport,
  type MembershipStore,
  maxHeartbeats,
  maxPoints,
  type StoredPoint,
} from '../membership-port.ts'
import { light, local } from './command-options.ts'
import type { HeartbeatDocument } from './document-types.ts'
import type { MongoContext } from './mongo-context.ts'

const heartbeatOf = ({ _id, roles, beats, startedAt, at }: Omit<HeartbeatDocument, 'report'>): Heartbeat => ({
  id: _id,
  roles,
  beats,
  startedAtMs: startedAt,
  atMs: at.getTime(),
})

export const mongoMembership = ({ collections: { heartbeats, points } }: MongoContext): MembershipStore => ({
  async beat({ id, roles, beats, startedAtMs, atMs, report }: HeartbeatWithReport) {
    await heartbeats.updateOne(
      { _id: id },
      { $set: { roles, beats, startedAt: startedAtMs, at: new Date(atMs), report } },
      { ...light, upsert: true },
    )
  },

  async endBeat(id: string) {
    await heartbeats.deleteOne({ _id: id }, light)
  },

  async readHeartbeats() {
    const documents = await heartbeats
      .find({}, { ...local, projection: { report: 0 } })
      .sort({ at: -1 })
      .limit(maxHeartbeats)
      .toArray()
    return documents.map(heartbeatOf)
  },

  async readReports() {
    const documents = await heartbeats.find({}, local).sort({ at: -1 }).limit(maxHeartbeats).toArray()
    return documents.map((document) => ({ ...heartbeatOf(document), report: document.report }))
  },

  async savePoint({ atMs, body }: StoredPoint) {
    await points.updateOne({ _id: atMs }, { $setOnInsert: { body, at: new Date(atMs) } }, { ...light, upsert: true })
  },

  async readPoints({ sinceMs }: { sinceMs: number }) {
    const documents = await points
      .find({ _id: { $gte: sinceMs } }, local)
      .sort({ _id: -1 })
      .limit(maxPoints)
      .toArray()
    return documents.map(({ _id, body }) => ({ atMs: _id, body })).reverse()
  },
})

/** The sessions of operators on MongoDB: documents of the collection `settings`. */
import { type AdminSession, type AdminSessionStore, adminSessionEnd, adminSessionPrefix, sessionsToRemove } from '../admin-sessions-port.ts'
import { durable, majority } from './command-options.ts'
import type { MongoContext } from './mongo-context.ts'

const ofSessions = { _id: { $gte: adminSessionPrefix, $lt: adminSessionEnd } }

export const mongoAdminSessions = ({ collections: { settings } }: MongoContext): AdminSessionStore => {
  const read = async () => {
    const documents = await settings.find(ofSessions, majority).toArray()
    return documents.map(({ value }) => JSON.parse(value) as AdminSession)
  }
  return {
    async saveAdminSession(session: AdminSession, nowMs: number) {
      const value = JSON.stringify(session)
      await settings.updateOne({ _id: adminSessionPrefix + session.id }, { $set: { value } }, { upsert: true, ...durable })
      const ids = sessionsToRemove(await read(), nowMs).map((id) => adminSessionPrefix + id)
      if (ids.length > 0) await settings.deleteMany({ _id: { $in: ids } }, durable)
    },
    async removeAdminSession(id: string) {
      await settings.deleteOne({ _id: adminSessionPrefix + id }, durable)
    },
    async removeAllAdminSessions() {
      await settings.deleteMany(ofSessions, durable)
    },
    readAdminSessions: read,
  }
}

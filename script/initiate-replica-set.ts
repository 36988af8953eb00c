/** Waits for a fresh mongod on the port given, and makes a replica set of one node of it. */
import { setTimeout as wait } from 'node:timers/promises'
import mongoose from 'mongoose'

const port = process.argv[2] ?? '27017'
const connection = await mongoose
  .createConnection(`mongodb://127.0.0.1:${port}/?directConnection=true`, { serverSelectionTimeoutMS: 30_000 })
  .asPromise()
const admin = connection.db?.admin()
await admin?.command({ replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host: `127.0.0.1:${port}` }] } })
for (let tries = 0; tries < 100; tries++) {
  const hello = await admin?.command({ hello: 1 })
  if (hello?.['isWritablePrimary'] === true) break
  await wait(200)
}
await connection.close()

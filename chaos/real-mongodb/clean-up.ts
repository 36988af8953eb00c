/** What a run leaves behind: its databases, and locks if a part was interrupted. */
import type { CheckedSet } from './check-set.ts'
import { connectTo, connectToMember, databaseNames, ownDatabase, runAdmin } from './set-connection.ts'

const unlock = (uri: string, host: string) =>
  connectToMember(uri, host, async (member) => {
    // It fails on a member without a lock.
    const reduce = () => runAdmin<{ lockCount: number }>(member, { fsyncUnlock: 1 }).catch(() => ({ lockCount: 0 }))
    while ((await reduce()).lockCount > 0);
  })

export const cleanUp = async ({ uri, members }: CheckedSet) => {
  for (const host of members) await unlock(uri, host)
  await connectTo(uri, 'MongoDB', async (connection) => {
    for (const name of await databaseNames(connection)) {
      if (name.startsWith(`${ownDatabase}-`)) await connection.getClient().db(name).dropDatabase()
    }
  })
}

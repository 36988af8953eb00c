/** The requirements of a benchmark besides Node. They are checked before it starts. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { hasTestMongo } from '../../server/store/mongo/test-mongo.fixture.ts'
import { hasRedisServer } from '../../server/stream/redis/test-redis.fixture.ts'
import { BenchFailure, type Need } from '../framework/bench.ts'

export const chromiumPath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'

const checks: Readonly<Record<Need, { isThere: () => boolean; remedy: string }>> = {
  mongo: {
    isThere: hasTestMongo,
    remedy: 'It needs a MongoDB: set MONGODB_TEST_SERVER to a server binary, or MONGODB_TEST_URI to a replica set.',
  },
  redis: { isThere: hasRedisServer, remedy: 'It needs redis-server (7 or newer) on the PATH.' },
  chromium: { isThere: () => existsSync(chromiumPath), remedy: 'It needs Chromium: set CHROMIUM_PATH.' },
  pages: {
    isThere: () => existsSync(join(import.meta.dirname, '../../.next/BUILD_ID')),
    remedy: 'The pages are not built: run `npm run build` first.',
  },
}

/** @throws {BenchFailure} that names every missing requirement and its remedy. */
export const checkNeeds = async (needs: readonly Need[]) => {
  const missing = (['pages', ...needs] as const).filter((need) => !checks[need].isThere()).map((need) => checks[need].remedy)
  if (missing.length > 0) throw new BenchFailure(missing.join(' '))
}

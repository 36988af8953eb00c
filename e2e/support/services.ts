/** A MongoDB and a Redis for one test, with the environment for its server. */
import { TestMongo } from '../../server/store/mongo/test-mongo.fixture.ts'
import { TestRedis } from '../../server/stream/redis/test-redis.fixture.ts'

export class Services {
  readonly mongo: TestMongo
  readonly redis: TestRedis
  readonly env: Record<string, string>

  private constructor(mongo: TestMongo, redis: TestRedis) {
    this.mongo = mongo
    this.redis = redis
    this.env = {
      MONGODB_URI: mongo.uri(`fresco-e2e-${process.pid}-${Date.now().toString(36)}`),
      REDIS_URL: redis.url,
      ADMIN_TOKEN: 'the admin token of the end-to-end tests',
      SESSION_SECRET: 'the session secret of the end-to-end tests',
    }
  }

  static async start(): Promise<Services> {
    return new Services(await TestMongo.start(), await TestRedis.start())
  }

  async dispose() {
    await this.redis.dispose()
    await this.mongo.dispose()
  }
}

/** A server whose REDIS_URL cannot be used writes one sentence that names the remedy, and ends with exit code 1. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasRedisServer, TestRedis } from './stream/redis/test-redis.fixture.ts'

describe.skipIf(!hasRedisServer())('redis-server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fresco-refused-'))
  let redis: TestRedis
  let replica: TestRedis
  beforeAll(async () => {
    redis = await TestRedis.start(['--appendonly', 'no'])
    replica = await TestRedis.start(['--appendonly', 'no', '--replicaof', `127.0.0.1 ${redis.port}`])
    const admin = new Redis(redis.url)
    const rights = ['on', '>word', '~*', '&*', '+@all', '-xautoclaim']
    await admin.call('ACL', 'SETUSER', 'fresco', ...rights)
    admin.disconnect()
  })
  afterAll(async () => {
    await replica.dispose()
    await redis.dispose()
    rmSync(folder, { recursive: true })
  })

  const start = (url: string) => {
    const env = {
      NODE_ENV: 'production' as const,
      PATH: process.env['PATH'],
      PORT: '0',
      HOST: '127.0.0.1',
      DATA_DIR: folder,
      LOG_LEVEL: 'silent',
      REDIS_URL: url,
    }
    const { status, stderr } = spawnSync(process.execPath, ['server/main.ts'], { env, encoding: 'utf8', timeout: 60_000 })
    return { status, stderr }
  }

  test.each([
    ['the user lacks a right', () => `redis://fresco:word@127.0.0.1:${redis.port}`, 'Run: ACL SETUSER fresco +xautoclaim'],
    ['it is a read-only replica', () => replica.url, 'This Redis is a read-only replica: point REDIS_URL to the primary'],
    ['no Sentinel answers', () => 'redis-sentinel://127.0.0.1:1/mymaster', 'failed to connect to sentinel 127.0.0.1:1'],
    ['the address names no primary', () => 'redis-sentinel://127.0.0.1:1', 'must end with the name of the primary'],
  ])(
    '%s: one sentence, and exit code 1',
    (_name, url, sentence) => {
      const { status, stderr } = start(url())
      expect(stderr).toContain(sentence)
      expect(stderr).not.toMatch(/\n\s+at /)
      expect(status).toBe(1)
    },
    60_000,
  )
})

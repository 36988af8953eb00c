/** The checks and faults of `script/real-mongodb` on a simulated replica set. */
import { spawnSync } from 'node:child_process'
import mongoose from 'mongoose'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { hasTestMongo, TestMongo } from '../../server/store/mongo/test-mongo.fixture.ts'
import type { Services } from '../harness/cluster.ts'
import { faultsOf } from '../harness/faults.ts'
import { Random } from '../random.ts'
import { checkSet } from './check-set.ts'
import { cleanUp } from './clean-up.ts'
import { type Part, runParts } from './parts.ts'
import { SimulatedSet } from './simulated-set.fixture.ts'

const start = (...args: string[]) => {
  const { status, stderr } = spawnSync(process.execPath, ['chaos/real-mongodb/main.ts', ...args], { encoding: 'utf8' })
  return { status, stderr }
}

test.each([
  ['no URI', [], /^Name the replica set: /],
  ['an unknown part', ['mongodb://a', '--only', 'nothing'], /^--only must be one of contract, race,/],
])('%s is refused with a sentence and exit code 2', (_what, args, sentence) => {
  expect(start(...args)).toEqual({ status: 2, stderr: expect.stringMatching(sentence) })
})

test.each([
  ['the address of something else', 'redis://a:1', /^This is not the URI of a MongoDB\./],
  [
    'a read preference',
    'mongodb://a,b,c/?readPreference=secondary',
    /^The URI must not say readPreference=secondary: .*Leave the option out\.$/,
  ],
  ['a direct connection', 'mongodb://a/?directConnection=true', /^The URI leads to one member\./],
  ['a wrong password mechanism', 'mongodb://me:secret-word@a/?authMechanism=none', /^MongoDB cannot be reached: /],
])('%s is refused', async (_what, uri, sentence) => {
  const error: Error = await checkSet(uri).catch((reason) => reason)
  expect(error.message).toMatch(sentence)
  expect(error.message).not.toContain('secret-word')
})

test('the verdict has a line for each part, and one part that fails makes it fail', async () => {
  const part = (name: string, program: string): Part => ({ name, does: name, args: ['-e', program] })
  const good = part('good', 'if (process.env.MONGODB_TEST_URI !== "the uri") process.exit(3)')
  const run = async (...parts: Part[]) => {
    const lines: string[] = []
    const passed = await runParts(parts, { uri: 'the uri', signal: new AbortController().signal, print: (line) => lines.push(line) })
    return { passed, verdict: lines.slice(parts.length) }
  }
  expect(await run(good)).toEqual({ passed: true, verdict: [expect.stringMatching(/^PASS {2}good/), expect.stringMatching(/^PASS: /)] })
  expect(await run(part('bad', 'process.exit(1)'), good)).toEqual({
    passed: false,
    verdict: [expect.stringMatching(/^FAIL {2}bad .*bad\.log$/), expect.stringMatching(/^PASS {2}good/), expect.stringMatching(/^FAIL: /)],
  })
})

describe.skipIf(!hasTestMongo() || !TestMongo.startsItsOwn())('a MongoDB of our own (MONGODB_TEST_SERVER)', () => {
  let mongo: TestMongo
  let set: SimulatedSet
  beforeEach(async () => {
    mongo = await TestMongo.start()
    set = await SimulatedSet.start(mongo.port ?? 0)
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    await set.close()
    await mongo.dispose()
  })
  const databases = async (run: (client: mongoose.mongo.MongoClient) => Promise<unknown> = async () => undefined) => {
    const connection = await mongoose.createConnection(mongo.uri('admin')).asPromise()
    await run(connection.getClient())
    const { databases: list } = await connection.listDatabases()
    await connection.close()
    return list.map(({ name }) => name).filter((name) => name.startsWith('fresco'))
  }
  const insertInto = (name: string) => databases((client) => client.db(name).collection('things').insertOne({}))

  test('a replica set that can be tested is described, and nothing is left in it', async () => {
    const { uri, members, facts } = await checkSet(set.uri)
    expect(members).toEqual(set.hosts)
    expect(uri).toBe(set.uri.replace('/?', '/fresco-check?'))
    expect(facts).toMatchObject({ featureCompatibilityVersion: '8.0', transactionLifetimeLimitSeconds: '60 (recommended: 20)' })
    expect(await databases()).toEqual([])
  })

  test.each([
    ['a standalone server', 'hello', { setName: undefined }, 'is not a replica set'],
    ['a sharded cluster', 'hello', { setName: undefined, msg: 'isdbgrid' }, 'is a sharded cluster'],
    [
      'a user without rights',
      'replSetGetConfig',
      { ok: 0, code: 13, errmsg: 'not authorized' },
      'may not run replSetGetConfig. Give it the roles',
    ],
    ['an arbiter', 'replSetGetConfig', { config: { members: [{ host: 'a:1', arbiterOnly: true }] } }, 'a:1 is an arbiter'],
    ['one member', 'replSetGetConfig', { config: { members: [{ host: 'a:1' }] } }, 'too few voting members: 1 of 3'],
    ['a locked member', 'currentOp', { fsyncLock: true }, 'Run db.fsyncUnlock() on it'],
  ])('%s is refused', async (_what, command, change, sentence) => {
    set.changes[command] = (reply) => ({ ...reply, ...change })
    const uri = command === 'hello' ? `mongodb://${set.hosts[0]}/` : set.uri
    await expect(checkSet(uri)).rejects.toThrow(sentence)
  })

  test('a database that is not empty, and databases of another run, are refused', async () => {
    await insertInto('fresco')
    await expect(checkSet(set.uri.replace('/?', '/fresco?'))).rejects.toThrow('The database "fresco" is not empty')
    await insertInto('fresco-check-race')
    await expect(checkSet(set.uri)).rejects.toThrow('Databases of another run are there: fresco-check-race.')
  })

  test('the end of a run removes its databases and locks, and nothing else', async () => {
    const checked = await checkSet(set.uri)
    for (const name of ['fresco', 'fresco-check-race']) await insertInto(name)
    for (const host of set.hosts) {
      const member = await mongoose.createConnection(`mongodb://${host}/?directConnection=true`).asPromise()
      await member.db?.admin().command({ fsync: 1, lock: true })
      await member.close()
    }
    expect(set.locks).toBe(3)
    await cleanUp(checked)
    expect(set.locks).toBe(0)
    expect(await databases()).toEqual(['fresco'])
  })

  const inject = async (name: string) => {
    vi.stubEnv('MONGODB_TEST_URI', (await checkSet(set.uri)).uri)
    const [fault] = faultsOf('services').filter((each) => each.name === `replica set: ${name}`)
    const services = { mongo: await TestMongo.start() } as Services
    await fault?.inject({ services } as Parameters<typeof fault.inject>[0], new Random(1))
  }

  test('a step-down ends when another member is the primary', async () => {
    await inject('the primary steps down')
    expect(set.stepDowns).toBe(1)
    expect(set.primary).toBe(set.hosts[1])
  })

  test('a primary that is cut off confirms no write to a majority, and no lock is left', async () => {
    await inject('the primary is cut off from a majority, and steps down')
    expect(set).toMatchObject({ stepDowns: 1, locks: 0, primary: set.hosts[1] })
    expect(set.stalled).toBeGreaterThan(0)
  })

  test('a lock that stops no replication is no fault', async () => {
    set.locksReplication = false
    await expect(inject('the primary is cut off from a majority, and steps down')).rejects.toThrow('a majority confirmed a write')
    expect(set).toMatchObject({ stepDowns: 0, locks: 0 })
  })
})

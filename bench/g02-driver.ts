import { join } from 'node:path'
import { type Bench, of } from './framework/bench.ts'
import { secrets } from './setup/fresco.ts'
import { postToFresco, timesOf } from './setup/posting.ts'
import { makeFolder, runProgram } from './setup/program.ts'
import { startMongo } from './setup/services.ts'

const inFlight = 64

export const g02: Bench = {
  id: 'g2',
  title: 'Placements per second ÷ a bare driver with one transaction per placement',
  method: `${inFlight} requests in flight; the driver runs one transaction per placement. MongoDB does not sync commits to the disk.`,
  needs: ['mongo'],
  figures: [
    { id: 'sqlite', what: 'placements ÷ bare driver, SQLite', unit: '×', better: 'more', pass: 1.5, best: 4 },
    { id: 'mongo', what: 'placements ÷ bare driver, MongoDB', unit: '×', better: 'more', pass: 1.5, best: 4 },
  ],
  sides: [
    { name: 'app on SQLite', run: (run) => postToFresco({ run, inFlight }) },
    {
      name: 'driver on SQLite',
      run: (run) =>
        runProgram({
          scope: run.scope,
          program: 'baselines/driver-sqlite.ts',
          args: [join(makeFolder(run.scope), 'bare.db'), String(timesOf(run).ms)],
        }),
    },
    {
      name: 'app on MongoDB',
      run: async (run) => postToFresco({ run, inFlight, server: { env: { MONGODB_URI: await startMongo(run.scope), ...secrets } } }),
    },
    {
      name: 'driver on MongoDB',
      run: async (run) =>
        runProgram({
          scope: run.scope,
          program: 'baselines/driver-mongo.ts',
          args: [await startMongo(run.scope), String(timesOf(run).ms), String(inFlight)],
        }),
    },
  ],
  derive: (samples) => ({
    sqlite: of(samples, 'app on SQLite', 'perSecond') / of(samples, 'driver on SQLite', 'perSecond'),
    mongo: of(samples, 'app on MongoDB', 'perSecond') / of(samples, 'driver on MongoDB', 'perSecond'),
  }),
}

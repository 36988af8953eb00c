/** Costs as they could have been measured, for tests of the model. */
import { growthFixture } from '../growth/growth.fixture.ts'
import type { Measured } from './measured.ts'

const { services } = growthFixture

export const measuredFixture: Measured = {
  webMicroseconds: 200,
  groups: services.groups,
  rounds: services.rounds,
  redis: services.redis,
  historyPerSecond: services.historyPerSecond,
  statsPerSecond: services.statsPerSecond,
  frameMicroseconds: 8,
  reads: services.reads,
  processBytes: 100e6,
  bytesPerClient: 10_000,
  boardBytesPerPixel: 2,
  wireBytesPerPixel: 0.2,
  snapshotBytesPerPixel: 0.25,
  maxClients: 5_000,
  stored: services,
}

/** Made-up results for tests. */
import type { Growth, Painted } from './growth-result.ts'

const painted = (change: Partial<Painted>): Painted => ({
  pixels: 200,
  seconds: 10,
  cpuSeconds: 0.5,
  p50Ms: 8,
  p99Ms: 20,
  frames: 2_000,
  bytes: 200_000,
  refused: 0,
  loadBusy: 0.1,
  ...change,
})

export const growthFixture: Growth = {
  at: '2026-11-26T10:00:00.000Z',
  quick: false,
  machine: { cpu: 'A processor', cores: 2, memoryGB: 8, kernel: '6.1', node: 'v24', disk: 'ext4' },
  clients: [
    { clients: 10, offered: 20, residentBytes: 100_000_000, ...painted({ frames: 2_000, cpuSeconds: 0.5 }) },
    { clients: 5_010, offered: 20, residentBytes: 151_200_000, ...painted({ frames: 202_000, cpuSeconds: 2.5, p99Ms: 300 }) },
  ],
  idle: { cpuSeconds: 0.1, seconds: 10 },
  rates: [
    { watchers: 100, offered: 1, ...painted({ pixels: 20, seconds: 20, bytes: 400_000 }) },
    { watchers: 100, offered: 1_000, ...painted({ pixels: 10_000, cpuSeconds: 1.1, bytes: 4_000_000 }) },
    { watchers: 100, offered: 5_000, ...painted({ pixels: 32_000, refused: 8_000, cpuSeconds: 9, bytes: 10_000_000 }) },
  ],
  canvases: [250, 1_000, 4_000].map((side) => ({
    side,
    tiles: side > 1_024 ? 16 : 1,
    paintedPixels: Math.min(side, 1_000) ** 2,
    firstBoardSeconds: 0.5,
    allBoardsSeconds: 0.5 + side / 4_000,
    residentBytes: 100_000_000 + 2 * side ** 2,
    fileBytes: 200 * Math.min(side, 1_000) ** 2,
    wireBytes: 0.2 * side ** 2,
    snapshotBytes: 0.25 * side ** 2,
  })),
  commits: [
    { pixels: 1, logBytes: 180, historyBytes: 70 },
    { pixels: 256, logBytes: 7_000, historyBytes: 17_000 },
  ],
  services: {
    groups: [1, 16, 64, 256].map((size) => ({ size, p50Ms: 2 + size * 0.05, p99Ms: 4 + size * 0.1 })),
    rounds: [1, 16, 64, 256].map((size) => ({ size, p50Ms: 3 + size * 0.1, p99Ms: 6 + size * 0.2 })),
    reads: [1, 16, 64, 256].map((size) => ({ size, microseconds: 100 + size * 10 })),
    redis: { bytesPerEntry: 150, commandsPerAppended: 3, microsecondsPerAppended: 8, microsecondsPerDelivered: 4 },
    historyPerSecond: 6_000,
    statsPerSecond: 12_000,
    commitOfOne: { documentBytes: 190, indexBytes: 95 },
    commitOfMany: { documentBytes: 1_900, indexBytes: 96 },
    pixelsOfMany: 64,
    history: { documentBytes: 190, indexBytes: 98 },
    pixel: { documentBytes: 137, indexBytes: 61 },
    painter: { documentBytes: 84, indexBytes: 33 },
  },
}

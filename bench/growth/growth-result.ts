/** The measured growth, kept in `bench/results/growth.json` as raw numbers. `costs.ts` computes costs from them. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { machineSchema, resultsFolder } from '../framework/result.ts'

const painted = z.object({
  pixels: z.number().positive(),
  seconds: z.number().positive(),
  cpuSeconds: z.number().positive(),
  p50Ms: z.number().positive(),
  p99Ms: z.number().positive(),
  /** To all watchers together. */
  frames: z.number().positive(),
  bytes: z.number().positive(),
  refused: z.number(),
  /** The part of its core that the load used, 0 to 1. */
  loadBusy: z.number(),
})
export type Painted = z.infer<typeof painted>

const timed = z.object({ size: z.number().positive(), p50Ms: z.number().positive(), p99Ms: z.number().positive() })
export type Timed = z.infer<typeof timed>

const stored = z.object({ documentBytes: z.number().positive(), indexBytes: z.number() })

const services = z.object({
  /** Transactions of `size` placements, one after another. */
  groups: z.array(timed).min(2),
  /** Rounds of a publisher with `size` commits of one pixel. */
  rounds: z.array(timed).min(2),
  /** CPU of a process that reads and acknowledges the entries of such a round. */
  reads: z.array(z.object({ size: z.number().positive(), microseconds: z.number().positive() })).min(2),
  redis: z.object({
    bytesPerEntry: z.number().positive(),
    commandsPerAppended: z.number().positive(),
    microsecondsPerAppended: z.number().nonnegative(),
    microsecondsPerDelivered: z.number().nonnegative(),
  }),
  /** Placements a second through one projector, one projection after the other. */
  historyPerSecond: z.number().positive(),
  statsPerSecond: z.number().positive(),
  /** BSON without compression. */
  commitOfOne: stored,
  /** A commit of `pixelsOfMany` pixels. */
  commitOfMany: stored,
  pixelsOfMany: z.number().positive(),
  history: stored,
  pixel: stored,
  painter: stored,
})
export type Services = z.infer<typeof services>

export const growthSchema = z.object({
  at: z.string(),
  quick: z.boolean(),
  machine: machineSchema,
  clients: z
    .array(z.object({ clients: z.number().positive(), offered: z.number(), residentBytes: z.number().positive(), ...painted.shape }))
    .min(2),
  idle: z.object({ cpuSeconds: z.number().nonnegative(), seconds: z.number().positive() }),
  rates: z.array(z.object({ watchers: z.number().positive(), offered: z.number().positive(), ...painted.shape })).min(2),
  canvases: z
    .array(
      z.object({
        side: z.number().positive(),
        tiles: z.number().positive(),
        paintedPixels: z.number().positive(),
        firstBoardSeconds: z.number().positive(),
        allBoardsSeconds: z.number().positive(),
        residentBytes: z.number().positive(),
        fileBytes: z.number().positive(),
        wireBytes: z.number().positive(),
        snapshotBytes: z.number().positive(),
      }),
    )
    .min(2),
  commits: z
    .array(z.object({ pixels: z.number().positive(), logBytes: z.number().positive(), historyBytes: z.number().positive() }))
    .min(2),
  services,
})
export type Growth = z.infer<typeof growthSchema>

const file = join(resultsFolder, 'growth.json')

/** Null without a file. @throws on a file that is not a result. */
export const readGrowth = (): Growth | null => (existsSync(file) ? growthSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : null)

export const writeGrowth = (growth: Growth) => {
  mkdirSync(resultsFolder, { recursive: true })
  writeFileSync(file, `${JSON.stringify(growth, null, 1)}\n`)
}

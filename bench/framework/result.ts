/** A benchmark's result as it is kept in the repository: `bench/results/NAME.json`. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const figureSchema = z.object({
  id: z.string(),
  what: z.string(),
  unit: z.enum(['×', 'ms', 's', '%', 'MB', '/s', '']),
  better: z.enum(['more', 'less']),
  pass: z.number().nullable(),
  best: z.number(),
  values: z.array(z.number()).min(1),
  median: z.number(),
  min: z.number(),
  max: z.number(),
  verdict: z.enum(['best', 'pass', 'fail']),
})

export const machineSchema = z.object({
  cpu: z.string(),
  cores: z.number(),
  memoryGB: z.number(),
  kernel: z.string(),
  node: z.string(),
  disk: z.string(),
  database: z.string().optional(),
})

export const resultSchema = z.object({
  id: z.string(),
  at: z.string(),
  quick: z.boolean(),
  machine: machineSchema,
  figures: z.array(figureSchema).min(1),
  /** By round, then by side: everything that was measured. */
  rounds: z.array(z.record(z.string(), z.record(z.string(), z.number()))).min(1),
})
export type Result = z.infer<typeof resultSchema>

export const resultsFolder = join(import.meta.dirname, '..', 'results')
const fileOf = (id: string) => join(resultsFolder, `${id}.json`)

/** Null without a file. @throws on a file that is not a result. */
export const readResult = (id: string): Result | null =>
  existsSync(fileOf(id)) ? resultSchema.parse(JSON.parse(readFileSync(fileOf(id), 'utf8'))) : null

export const writeResult = (result: Result) => {
  mkdirSync(resultsFolder, { recursive: true })
  writeFileSync(fileOf(result.id), `${JSON.stringify(result, null, 1)}\n`)
}

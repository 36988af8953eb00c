/** The machine of the figures, and whether it has two idle cores. */
import { readFileSync, statfsSync } from 'node:fs'
import { cpus, release, tmpdir, totalmem } from 'node:os'
import { basename } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { BenchFailure } from './bench.ts'

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGB: number
  readonly kernel: string
  readonly node: string
  /** Of the folder for databases: fsync costs nothing on tmpfs. */
  readonly disk: string
  /** The server that the benchmarks used as MongoDB. */
  readonly database?: string | undefined
}

/** Magic numbers of statfs(2). */
const fileSystems: Readonly<Record<number, string>> = {
  61267: 'ext4',
  16914836: 'tmpfs',
  1481003842: 'xfs',
  2435016766: 'btrfs',
  2035054128: 'overlay',
}

/** MONGODB_TEST_SERVER may name SecantusDB, a stand-in for MongoDB. */
const describeDatabase = () => {
  const { MONGODB_TEST_URI: uri, MONGODB_TEST_SERVER: server } = process.env
  return !uri && server && /secantus/i.test(basename(server)) ? 'SecantusDB' : 'MongoDB'
}

export const databaseOf = ({ database }: Machine) => database ?? 'MongoDB'

export const describeMachine = (): Machine => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  memoryGB: Math.round(totalmem() / 2 ** 30),
  kernel: release(),
  node: process.version,
  disk: fileSystems[statfsSync(tmpdir()).type] ?? 'unknown',
  database: describeDatabase(),
})

/** One line. */
export const showMachine = ({ cpu, cores, memoryGB, kernel, node, disk }: Machine) =>
  `${cpu}, ${cores} cores, ${memoryGB} GB, Linux ${kernel}, Node ${node}, ${disk}`

const readTicks = () => {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n')
  const ticks = line.split(/\s+/).slice(1, 9).map(Number)
  const idle = (ticks[3] ?? 0) + (ticks[4] ?? 0)
  return { idle, all: ticks.reduce((sum, count) => sum + count, 0) }
}

/** The part of all cores that was busy during a time, 0 to 1. */
const measureBusy = async (ms: number): Promise<number> => {
  const before = readTicks()
  await wait(ms)
  const after = readTicks()
  return 1 - (after.idle - before.idle) / Math.max(1, after.all - before.all)
}

const maxBusy = 0.1

/** @throws {BenchFailure} if figures of this machine would be meaningless. */
export const checkMachine = async ({ allowBusy }: { allowBusy: boolean }): Promise<void> => {
  if (process.platform !== 'linux') throw new BenchFailure('The benchmarks read /proc and use taskset: they run on Linux only.')
  if (cpus().length < 2) throw new BenchFailure('The benchmarks need two cores: one for the server and one for the load.')
  if (describeMachine().disk === 'tmpfs') {
    throw new BenchFailure(`${tmpdir()} is in memory, where syncing costs nothing. Set TMPDIR to a folder on a disk.`)
  }
  if (allowBusy) return
  let part = await measureBusy(1_000)
  // A process that has just ended may still free its memory.
  for (let tries = 0; part > maxBusy && tries < 3; tries++) part = await measureBusy(1_000)
  if (part <= maxBusy) return
  throw new BenchFailure(
    `The machine is busy: ${Math.round(part * 100)} % of its cores are busy, and at most ${maxBusy * 100} % may be. (--busy runs the benchmarks anyway, and keeps no figure.)`,
  )
}

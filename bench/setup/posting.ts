/** For G1, G2 and G3: the whole app under as many POSTs as it can answer. Checks that all of them are saved. */
import type { RunOptions, Sample } from '../framework/bench.ts'
import { Fresco, type FrescoOptions } from './fresco.ts'
import { startLoad } from './load.ts'

const painters = 64

export interface PostingOptions {
  readonly run: RunOptions
  readonly inFlight: number
  readonly server?: Partial<Omit<FrescoOptions, 'scope'>>
}

export const timesOf = ({ quick }: Pick<RunOptions, 'quick'>) => (quick ? { warmUpMs: 500, ms: 1_500 } : { warmUpMs: 5_000, ms: 4_000 })

export const postToFresco = async ({ run, inFlight, server: options = {} }: PostingOptions): Promise<Sample> => {
  const server = await Fresco.start({ scope: run.scope, ...options })
  const load = startLoad(run.scope)
  const rate = await load.call('saturate', { ports: [server.port], inFlight, painters, ...timesOf(run) })
  await load.call('verify', { port: server.port })
  return { ...rate }
}

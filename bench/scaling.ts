/** `node bench/scaling.ts` writes docs/SCALING.md from bench/results; `npm run bench -- scaling` does the same. Ends with 1 when results are missing. */
import { BenchFailure } from './framework/bench.ts'
import { writeScaling } from './scaling/write-scaling.ts'

const tell = (line: string) => process.stderr.write(`${line}\n`)
try {
  writeScaling(tell)
} catch (error) {
  if (!(error instanceof BenchFailure)) throw error
  tell(error.message)
  process.exitCode = 1
}

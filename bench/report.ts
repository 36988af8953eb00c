/** Writes docs/PERFORMANCE.md from bench/results: `node bench/report.ts`. The benchmarks do this themselves after they have kept a figure. */
import { writeReport } from './write-report.ts'

writeReport()

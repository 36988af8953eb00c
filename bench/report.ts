/** Writes docs/PERFORMANCE.md from bench/results: `node bench/report.ts`. The benchmarks do it by themselves when they have kept a figure. */
import { writeReport } from './write-report.ts'

writeReport()

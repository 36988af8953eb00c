import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { benches } from './benches.ts'
import { reportOf } from './framework/report.ts'
import { readResult } from './framework/result.ts'

/** docs/PERFORMANCE.md as the kept results have it. */
export const writeReport = () => writeFileSync(join(import.meta.dirname, '../docs/PERFORMANCE.md'), reportOf(benches, readResult))

/**
 * Where the time went, as text: `node bench/profile.ts FILE.cpuprofile… [--top 25] [--from SECONDS]`.
 * Profiles come from `BENCH_PROFILE=FOLDER npm run bench -- NAME --busy`.
 */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { costsOf } from './framework/profile.ts'
import { alignRows } from './framework/table.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { top: { type: 'string', default: '25' }, from: { type: 'string', default: '0' } },
})
const percent = (part: number) => `${(part * 100).toFixed(1)} %`
for (const file of positionals) {
  const costs = costsOf(JSON.parse(readFileSync(file, 'utf8')), Number(values.from))
  const rows = costs.slice(0, Number(values.top)).map(({ name, self, total }) => [percent(self), percent(total), name])
  process.stdout.write(`${basename(file)}\n${alignRows([['self', 'total', 'function'], ...rows]).join('\n')}\n\n`)
}

import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

const clock = new URL('./skewed-clock.ts', import.meta.url).href
const program =
  'process.stdout.write(JSON.stringify([Date.now(), +new Date(), new Date(5).getTime(), new Date(2020, 1).getFullYear(), new Date() instanceof Date, Date.name]))'
const askIn = (offsets: string) =>
  JSON.parse(
    execFileSync(process.execPath, [`--import=${clock}`, '-e', program], { env: { ...process.env, CLOCK_OFFSETS_MS: offsets } }).toString(),
  ) as [number, number, number, number, boolean, string]

test('a skewed clock shifts the present, and no other time', () => {
  const before = Date.now()
  const [now, date, five, year, isDate, name] = askIn('-600000,0')
  for (const shifted of [now, date]) expect(Math.abs(shifted + 600_000 - before)).toBeLessThan(30_000)
  expect([five, year, isDate, name]).toEqual([5, 2020, true, 'Date'])
})

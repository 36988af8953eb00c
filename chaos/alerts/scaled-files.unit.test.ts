import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scaleRules } from './scaled-files.ts'

test('a scaled rule has the same expression and shorter durations', () => {
  const rule = ['expr: increase(x[10m]) > 0 unless x offset 10m or time() - process_start_time_seconds < 600', '        for: 1m', ''].join(
    '\n',
  )
  expect(scaleRules(rule, 20)).toBe(
    ['expr: increase(x[30000ms]) > 0 unless x offset 30000ms or time() - process_start_time_seconds < 30', '        for: 3000ms', ''].join(
      '\n',
    ),
  )
})

test('no duration of the rules stays as it is', () => {
  const rules = readFileSync(join(import.meta.dirname, '../../deploy/monitoring/alerts.yml'), 'utf8')
  const scaled = scaleRules(rules, 20)
  expect(scaled.match(/^ +for: /gm)?.length).toBe(rules.match(/^ +for: /gm)?.length)
  expect(scaled).not.toMatch(/(for: |\[|offset )\d+[smhd]\b/)
})

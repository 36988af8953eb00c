import { expect, test } from 'vitest'
import { readConfig } from './config.ts'
import { ignoredSettings } from './ignored-settings.ts'
import { testCanvas } from './store/store.fixture.ts'

const ignored = (env: Record<string, string>) => {
  const result = readConfig(env)
  if (!result.ok) throw new Error(result.mistakes.join('\n'))
  return ignoredSettings(result.config, testCanvas({ width: 64, height: 64, cooldownMs: 5_000, palette: ['#000000', '#FFFFFF'] }))
}

test('a setting that differs from the canvas is reported with both values', () => {
  expect(ignored({ COOLDOWN_MS: '1000', CANVAS_WIDTH: '64', CANVAS_PALETTE: '#000000,#ff0000' })).toEqual([
    { name: 'CANVAS_PALETTE', configured: '#000000,#FF0000', effective: '#000000,#FFFFFF' },
    { name: 'COOLDOWN_MS', configured: '1000', effective: '5000' },
  ])
})

test('an unset setting is not reported, for any default', () => {
  expect(ignored({})).toEqual([])
})

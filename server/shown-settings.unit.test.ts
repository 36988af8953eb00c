import { expect, test } from 'vitest'
import { readConfig } from './config.ts'
import { withoutPasswords } from './shown-settings.ts'

const word = 'a-word-that-nobody-may-see-0123456789'
const shown = (env: Record<string, string>, fromFile: readonly string[] = []) => {
  const result = readConfig(env, new Set(fromFile))
  if (!result.ok) throw new Error(result.mistakes.join())
  return new Map(result.config.settings.map(({ name, ...setting }) => [name, setting]))
}

test('each setting is shown with its value and where it comes from', () => {
  const settings = shown({ PORT: '4000', TRUST_PROXY: '1', HOST: '' }, ['TRUST_PROXY'])
  expect(settings.get('PORT')).toEqual({ value: '4000', source: 'environment' })
  expect(settings.get('TRUST_PROXY')).toEqual({ value: '1', source: 'file' })
  expect(settings.get('HOST')).toEqual({ value: '0.0.0.0', source: 'default' })
  expect(settings.get('MONGODB_URI')).toEqual({ value: null, source: 'default' })
  expect(settings.get('ROLES')).toEqual({ value: 'web,publisher,projector', source: 'default' })
})

test('no secret and no password of an address is shown', () => {
  const settings = shown({
    ADMIN_TOKEN: word,
    SESSION_SECRET: word,
    METRICS_TOKEN: word,
    MONGODB_URI: `mongodb://user:${word}@one.example,two.example/fresco?replicaSet=rs0&authMechanismProperties=X:${word}`,
    REDIS_URL: `redis-sentinel://:${word}@a.example/mymaster`,
    REDIS_SENTINEL_PASSWORD: word,
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=${word}`,
  })
  expect(JSON.stringify([...settings])).not.toContain(word)
  expect(settings.get('ADMIN_TOKEN')).toEqual({ value: 'set', source: 'environment' })
  expect(settings.get('MONGODB_URI')?.value).toBe('mongodb://…@one.example,two.example/fresco?replicaSet=rs0&authMechanismProperties=…')
})

test('each address of a list loses its own password, also one with unusual characters', () => {
  expect(withoutPasswords('redis://:p@ss/w,rd@a:1,rediss://b:2,redis://u:x@c:3')).toBe('redis://…@a:1,rediss://b:2,redis://…@c:3')
  expect(withoutPasswords('https://fresco.example,0.0.0.0')).toBe('https://fresco.example,0.0.0.0')
})

import { expect, test } from 'vitest'
import { contentSecurityPolicy, pageHeaders } from './security-headers.ts'

const options = { nonce: 'abc', dev: false, host: 'fresco.example:3000', https: false }

test('scripts run only with the nonce, and no page may frame another', () => {
  const policy = contentSecurityPolicy(options)
  expect(policy).toContain(`script-src 'self' 'nonce-abc' 'strict-dynamic';`)
  expect(policy).toContain(`style-src 'self' 'nonce-abc';`)
  expect(policy).toContain(`frame-ancestors 'none'`)
  expect(policy).toContain(`connect-src 'self' ws://fresco.example:3000 wss://fresco.example:3000;`)
  expect(policy).not.toContain('unsafe-eval')
})

test('a Host cannot add to the policy', () => {
  expect(contentSecurityPolicy({ ...options, host: `x; script-src *` })).toContain(`connect-src 'self';`)
  expect(contentSecurityPolicy({ ...options, host: null })).toContain(`connect-src 'self';`)
  expect(contentSecurityPolicy({ ...options, host: '[::1]:3000' })).toContain('ws://[::1]:3000')
})

test('strict transport security is sent only over https', () => {
  expect(pageHeaders(options)).not.toHaveProperty('strict-transport-security')
  expect(pageHeaders({ ...options, https: true })).toHaveProperty('strict-transport-security')
})

/** How `npm start` starts a server, for tests and benchmarks that start one themselves. `script/deploy.unit.test.ts` holds them together. */
export const nodeFlags = ['--max-semi-space-size=8', '--v8-pool-size=1'] as const

export const startEnvironment = {
  NODE_ENV: 'production',
  NODE_COMPILE_CACHE: 'node_modules/.cache/fresco',
  MALLOC_ARENA_MAX: '2',
} as const

/** The flags and environment of `npm start`, for tests and benchmarks that start a server. `script/deploy.unit.test.ts` compares the two. */
export const nodeFlags = ['--max-semi-space-size=8', '--v8-pool-size=1'] as const

export const startEnvironment = {
  NODE_ENV: 'production',
  NODE_COMPILE_CACHE: 'node_modules/.cache/fresco',
  MALLOC_ARENA_MAX: '2',
} as const

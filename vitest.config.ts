import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const shared = {
  environment: 'node' as const,
  setupFiles: ['script/test-setup.ts'],
  restoreMocks: true,
  // Worker threads and servers that tests start by the hundred: without it each strips its types anew (decision 18).
  env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/fresco-tests') },
}

export default defineConfig({
  test: {
    // Tests of outages mostly wait for deadlines, so two cores have room for three workers.
    maxWorkers: 3,
    projects: [
      { test: { ...shared, name: 'unit', include: ['{lib,server,components,chaos,bench,script}/**/*.unit.test.ts'], testTimeout: 20_000 } },
      {
        test: {
          ...shared,
          name: 'int',
          include: ['{lib,server,components,chaos,bench,script}/**/*.int.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // These tests start servers and databases, and CI shares its machine, as for the end-to-end tests.
          retry: process.env['CI'] ? 1 : 0,
        },
      },
    ],
  },
})

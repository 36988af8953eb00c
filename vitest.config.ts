import { defineConfig } from 'vitest/config'

const shared = {
  environment: 'node' as const,
  setupFiles: ['script/test-setup.ts'],
  restoreMocks: true,
}

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      { test: { ...shared, name: 'unit', include: ['{lib,server,components,chaos,bench,script}/**/*.unit.test.ts'], testTimeout: 20_000 } },
      {
        test: {
          ...shared,
          name: 'int',
          include: ['{lib,server,components,chaos,bench,script}/**/*.int.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})

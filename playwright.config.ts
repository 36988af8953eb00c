import { defineConfig } from '@playwright/test'
import type { Options } from './e2e/support/fixtures.ts'

export default defineConfig<Options>({
  testDir: 'e2e',
  // Each test starts a server, and two cores are enough for two servers.
  workers: 2,
  fullyParallel: true,
  // CI shares its machine. A test that passes only at the second try is listed as flaky.
  retries: process.env['CI'] ? 1 : 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: 'list',
  // Everything on the embedded stack; what depends on the store and the stream on MongoDB and Redis as well.
  projects: [{ name: 'embedded' }, { name: 'services', use: { stack: 'services' }, grepInvert: /@embedded/ }],
  use: {
    browserName: 'chromium',
    viewport: { width: 1280, height: 800 },
    launchOptions: {
      executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
})

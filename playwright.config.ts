import { defineConfig } from '@playwright/test'
import type { Options } from './e2e/support/fixtures.ts'

export default defineConfig<Options>({
  testDir: 'e2e',
  // Each test starts a server. Some tests wait more than they work, so two cores have room for three.
  workers: 3,
  fullyParallel: true,
  // CI shares its machine. A test that passes only at the second try is listed as flaky.
  retries: process.env['CI'] ? 1 : 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: 'list',
  // Everything runs on the embedded stack. What the store or the stream can change runs on MongoDB and Redis, too. Pages that show what
  // each store keeps by its contract are tagged @embedded.
  projects: [{ name: 'embedded' }, { name: 'services', use: { stack: 'services' }, grepInvert: /@embedded/ }],
  use: {
    browserName: 'chromium',
    // A service worker would hide requests from the routes of a test. The tests of the worker allow it.
    serviceWorkers: 'block',
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

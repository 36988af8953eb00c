/** A Redis outage: what was placed during it, how late it was shown, and what the operator's page shows. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { chromium } from '@playwright/test'
import playwright from '../../playwright.config.ts'
import type { History } from '../history-checker/history.ts'
import type { Cluster } from './cluster.ts'
import { readBacklog } from './final-state.ts'
import { latenciesIn, type Phase } from './latencies.ts'
import type { Stage } from './run.ts'

const aroundMs = 30_000
const lookEveryMs = 1_000

export interface OutageOptions {
  readonly forMs: number
  /** The folder for screenshots of the operator's page; null for none. */
  readonly pictures: string | null
  readonly print: (line: string) => void
}

export class Outage {
  readonly #options: OutageOptions
  readonly #phases: Phase[] = []
  readonly #backlog: number[] = []

  constructor(options: OutageOptions) {
    this.#options = options
  }

  readonly schedule = async (stage: Stage) => {
    const { forMs } = this.#options
    const redis = stage.cluster.services?.redis.servers[0]
    if (!redis) throw new Error('There is no Redis in the embedded stack.')
    await this.#phase('before', () => wait(aroundMs))
    await stage.inject(`Redis: away for ${forMs / 1_000} s`, async () => {
      await redis.kill()
      await this.#phase('away', () => this.#watchBacklog(stage.cluster, forMs))
      await redis.boot()
    })
    await this.#phase('after', () => wait(aroundMs))
  }

  readonly inspect = async (history: History, cluster: Cluster) => {
    const { print, pictures } = this.#options
    const latencies = latenciesIn(history, this.#phases)
    print('| Redis | placed | p50 | p99 | most |\n|---|---|---|---|---|')
    for (const { name, placed, p50Ms, p99Ms, mostMs } of latencies) {
      print(`| ${name} | ${placed} | ${p50Ms.toFixed(0)} ms | ${p99Ms.toFixed(0)} ms | ${mostMs.toFixed(0)} ms |`)
    }
    print(`\nAt most ${Math.max(...this.#backlog)} commits waited.`)
    if (pictures) await takePictures(cluster, pictures)
    return latencies.filter(({ placed }) => placed === 0).map(({ name }) => `nothing was placed ${name}`)
  }

  async #phase(name: string, run: () => Promise<void>) {
    const fromMs = performance.now()
    await run()
    this.#phases.push({ name, fromMs, toMs: performance.now() })
  }

  async #watchBacklog(cluster: Cluster, forMs: number) {
    const until = performance.now() + forMs
    while (performance.now() < until) {
      this.#backlog.push(await readBacklog(cluster.urls[0] ?? ''))
      await wait(Math.min(lookEveryMs, Math.max(0, until - performance.now())))
    }
  }
}

const views = [
  { name: 'admin-light', viewport: { width: 1_440, height: 900 }, colorScheme: 'light' },
  { name: 'admin-dark', viewport: { width: 1_440, height: 900 }, colorScheme: 'dark' },
  { name: 'admin-phone', viewport: { width: 375, height: 800 }, colorScheme: 'light' },
] as const

const takePictures = async (cluster: Cluster, folder: string) => {
  const [web] = cluster.of('web')
  if (!web) throw new Error('no web process')
  mkdirSync(folder, { recursive: true })
  const browser = await chromium.launch(playwright.use?.launchOptions)
  try {
    for (const { name, ...view } of views) {
      const page = await browser.newPage(view)
      await page.goto(`${web.url}/admin`)
      await page.getByLabel('Admin token').fill(web.adminToken)
      await page.keyboard.press('Enter')
      await page.locator('canvas').first().waitFor()
      await wait(2_500)
      await page.screenshot({ path: join(folder, `${name}.png`) })
      await page.close()
    }
  } finally {
    await browser.close()
  }
}

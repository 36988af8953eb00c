/** What a fault works with: real processes, a public address, and the monitoring that watches them. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Cluster, type Stack } from '../harness/cluster.ts'
import type { Member, Role } from '../harness/member.ts'
import { Monitoring } from './monitoring.ts'
import { ownAddress, PublicAddress } from './public-address.ts'

export const metricsToken = 'the metrics token of the alerts program, no secret'

export class Stage {
  readonly cluster: Cluster
  readonly monitoring: Monitoring
  readonly publicAddress: PublicAddress
  /** Of the stack `embedded`. */
  readonly backupDir: string
  #painting: AbortController | null = null

  private constructor(cluster: Cluster, monitoring: Monitoring, publicAddress: PublicAddress, backupDir: string) {
    this.cluster = cluster
    this.monitoring = monitoring
    this.publicAddress = publicAddress
    this.backupDir = backupDir
  }

  static async start(stack: Stack, scale: number): Promise<Stage> {
    const backupDir = join(mkdtempSync(join(tmpdir(), 'fresco-alerts-backups-')), 'backups')
    mkdirSync(backupDir)
    const cluster = await Cluster.start({
      stack,
      redis: 'single',
      size: { webs: 1, publishers: 1, projectors: 1 },
      proxied: false,
      env: {
        METRICS_TOKEN: metricsToken,
        COOLDOWN_MS: '0',
        ...(stack === 'embedded' ? { BACKUP_DIR: backupDir, WEBHOOKS_ALLOW_PRIVATE: '1' } : {}),
      },
    })
    try {
      if (stack === 'embedded') await moveToSmallDisk(cluster)
      const publicAddress = await PublicAddress.start(cluster.urls[0] ?? '')
      const targets = cluster.members.map(targetOf)
      const monitoring = await Monitoring.start({ scale, targets, publicUrl: publicAddress.url, metricsToken })
      const stage = new Stage(cluster, monitoring, publicAddress, backupDir)
      await stage.#untilReported()
      return stage
    } catch (error) {
      await cluster.dispose()
      throw error
    }
  }

  /** The only process of a role. */
  the(role: Role): Member {
    const [member] = this.cluster.of(role)
    if (!member) throw new Error(`no process has the role ${role}`)
    return member
  }

  /** Starts each process that does not run. */
  async bootAll() {
    await Promise.all(this.cluster.members.map((member) => member.boot()))
  }

  /** Places pixels one after another, each in a commit of its own, and returns the statuses. */
  async paint(count: number): Promise<number[]> {
    const { url } = this.the('web')
    const { token } = (await (await fetch(`${url}/api/tokens`, { method: 'POST' })).json()) as { token: string }
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const statuses: number[] = []
    for (let index = 0; index < count; index++) {
      const body = JSON.stringify({ gx: index % 256, gy: Math.floor(index / 256) % 256, color: index % 32 })
      statuses.push((await fetch(`${url}/api/pixels`, { method: 'POST', headers, body })).status)
    }
    return statuses
  }

  /** Until `stopPainting`, whatever the answers are. */
  startPainting() {
    this.#painting = new AbortController()
    const { signal } = this.#painting
    const paint = async () => {
      while (!signal.aborted) {
        await this.paint(1).catch(() => undefined)
        await wait(100)
      }
    }
    for (let painter = 0; painter < 4; painter++) void paint()
  }

  stopPainting() {
    this.#painting?.abort()
  }

  /** A request of the operator. @throws unless it succeeds. */
  async administer(method: string, path: string, body?: unknown): Promise<unknown> {
    const { url, adminToken } = this.the('web')
    const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' }
    const answer = await fetch(`${url}/api/admin/${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`)
    return text === '' ? null : JSON.parse(text)
  }

  /** A process that is killed before its first report is never shown as lost. */
  async #untilReported() {
    const roles = new Set<string>()
    while (!['web', 'publisher', 'projector'].every((role) => roles.has(role))) {
      const { workers } = (await this.administer('GET', 'overview')) as { workers: { role: string }[] }
      for (const { role } of workers) roles.add(role)
      await wait(100)
    }
  }

  async dispose() {
    this.stopPainting()
    this.publicAddress.close()
    await this.monitoring.dispose()
    if (this.cluster.stack === 'embedded') {
      await this.the('all').kill()
      spawnSync('umount', [this.the('all').dataDir])
    }
    await this.cluster.dispose()
    rmSync(dirname(this.backupDir), { recursive: true, force: true })
  }
}

/** Large enough for the alert of little space, small enough to fill. */
const diskMiB = 400

/** @throws without the right to mount. */
const moveToSmallDisk = async (cluster: Cluster) => {
  const [all] = cluster.members
  if (!all) return
  await all.kill()
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${diskMiB}m`, 'tmpfs', all.dataDir])
  if (status !== 0) throw new Error('The faults of the disk need the right to mount a file system.')
  await all.boot()
}

export const targetOf = ({ url }: Member) => `${ownAddress()}:${new URL(url).port}`

/** The systemd unit and the Kubernetes manifests. `systemd-analyze` and PyPI's `kubernetes-validate` check them too, where they are installed. */
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { nodeFlags } from '../server/testing/as-started.ts'
import { version } from '../server/version.ts'

const deploy = join(import.meta.dirname, '../deploy')
const read = (name: string) => readFileSync(join(deploy, name), 'utf8')
const settings = [...read('../.env.example').matchAll(/^#([A-Z_]+)=/gm)].map((match) => match[1] ?? '')

/** Says why a test is not defined. */
const isInstalled = (command: string, args: readonly string[]): boolean => {
  const isThere = spawnSync(command, args, { stdio: 'ignore' }).status === 0
  if (!isThere) process.stderr.write(`${command} is not installed: it does not check the files of deploy/ here.\n`)
  return isThere
}

interface Container {
  readonly image: string
  readonly env?: readonly { readonly name: string; readonly value: string }[]
  readonly [key: string]: unknown
}
interface Manifest {
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly data?: Readonly<Record<string, string>>
  readonly spec: {
    readonly selector: unknown
    readonly template: { readonly metadata: { readonly labels: unknown }; readonly spec: { readonly containers: readonly Container[] } }
  }
}

describe('deploy/kubernetes', () => {
  const files = ['kubernetes/fresco.yaml', 'kubernetes/sqlite.yaml']
  const manifestsOf = (file: string) => parseAllDocuments(read(file)).map((document) => document.toJS() as Manifest)

  test.each(files)('%s starts containers of this version without rights, with probes and a memory limit', (file) => {
    const deployments = manifestsOf(file).filter(({ kind }) => kind === 'Deployment')
    expect(deployments.length).toBeGreaterThan(0)
    for (const { spec } of deployments) {
      expect(spec.selector).toEqual({ matchLabels: spec.template.metadata.labels })
      const [container] = spec.template.spec.containers
      expect(container?.image).toBe(`registry.example/fresco:${version}`)
      for (const { name } of container?.env ?? []) expect(settings).toContain(name)
      expect(container).toMatchObject({
        livenessProbe: { httpGet: { path: '/livez' } },
        readinessProbe: { httpGet: { path: '/readyz' } },
        securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
        resources: { limits: { memory: '1Gi' } },
      })
      expect(spec.template.spec).toMatchObject({ securityContext: { runAsNonRoot: true }, automountServiceAccountToken: false })
    }
  })

  test('the three roles have a deployment each, and the settings exist', () => {
    const manifests = manifestsOf('kubernetes/fresco.yaml')
    const roles = manifests.flatMap(({ kind, spec }) => (kind === 'Deployment' ? spec.template.spec.containers[0]?.env?.[0]?.value : []))
    expect(roles).toEqual(['web', 'publisher', 'projector'])
    for (const name of manifests.flatMap(({ data = {} }) => Object.keys(data))) expect(settings).toContain(name)
    for (const [, name = ''] of read('kubernetes/fresco.yaml').matchAll(/--from-literal=(\w+)=/g)) expect(settings).toContain(name)
  })

  if (isInstalled('kubernetes-validate', ['--version'])) {
    test.each(files)('%s conforms to the schemas of Kubernetes', (file) => {
      execFileSync('kubernetes-validate', ['--strict', join(deploy, file)])
    })
  }
})

describe('deploy/fresco.service', () => {
  const unit = read('fresco.service')

  test('starts Fresco with the flags of npm start', () => {
    expect(unit).toContain(`ExecStart=/opt/fresco/node_modules/.bin/node ${nodeFlags.join(' ')} server/main.ts\n`)
    for (const [, name = ''] of unit.matchAll(/[ =]([A-Z][A-Z_]+)=/g)) {
      expect([...settings, 'NODE_ENV', 'NODE_COMPILE_CACHE', 'MALLOC_ARENA_MAX']).toContain(name)
    }
  })

  if (isInstalled('systemd-analyze', ['--version'])) {
    test('is valid, and systemd counts little exposure', () => {
      const folder = mkdtempSync(join(tmpdir(), 'fresco-unit-'))
      const node = join(folder, 'node_modules/.bin/node')
      mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true })
      writeFileSync(node, '#!/bin/sh\n')
      chmodSync(node, 0o755)
      const file = join(folder, 'fresco.service')
      writeFileSync(file, unit.replaceAll('/opt/fresco', folder))
      expect(spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
      // In tenths, of at most 100.
      expect(spawnSync('systemd-analyze', ['security', '--offline=true', '--threshold=20', file], { stdio: 'ignore' }).status).toBe(0)
      rmSync(folder, { recursive: true })
    })
  }
})

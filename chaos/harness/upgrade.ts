/**
 * A rolling upgrade under load: every process starts with the code of a former revision, and is replaced by the present code, one after another.
 * On MongoDB it is also undone, as docs/UPGRADING.md describes.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Cluster } from './cluster.ts'
import { setSchemaVersion } from './database.ts'
import type { Member } from './member.ts'
import type { Stage } from './run.ts'

/** The last revision with schema version 1 on MongoDB. */
export const formerRevision = '61b45a3'
const formerSchema = 1

const root = join(import.meta.dirname, '../..')

/** Null, or why the former code cannot be had: a shallow clone, or no Git. */
export const missingHistory = (revision: string): string | null => {
  const { status, error } = spawnSync('git', ['-C', root, 'cat-file', '-e', `${revision}^{commit}`], { stdio: 'ignore' })
  if (error) return `Git is missing: ${error.message}`
  return status === 0 ? null : `The history has no revision ${revision}. Fetch it with: git fetch --unshallow`
}

/** The folder with the code of a revision and its pages. It is inside the checkout, whose packages it uses. */
export const formerCode = (revision: string, print: (line: string) => void): string => {
  const folder = join(root, '.cache/former', revision)
  if (existsSync(join(folder, '.next/BUILD_ID'))) return folder
  print(`▸ Building the pages of ${revision}`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  execFileSync('sh', ['-c', 'git -C "$1" archive "$2" | tar -x -C "$3"', 'sh', root, revision, folder])
  const env = { ...process.env, NODE_ENV: 'production' as const, NEXT_TELEMETRY_DISABLED: '1' }
  execFileSync(process.execPath, [join(root, 'node_modules/next/dist/bin/next'), 'build'], { cwd: folder, env, stdio: 'ignore' })
  return folder
}

/** Between two replacements. */
const pauseMs = 2_000

const replaceEach = async (stage: Stage, folder: string, what: string) => {
  for (const member of inOrder(stage.cluster)) {
    await wait(pauseMs)
    await stage.inject(`${member.name}: ${what}`, async () => {
      const code = await member.terminate()
      if (code !== 0) throw new Error(`it ended with ${code}`)
      member.moveTo(folder)
      await member.boot()
    })
  }
  await wait(pauseMs)
}

/** As documented: what reads an entry before what writes it. */
const inOrder = (cluster: Cluster): Member[] => {
  const all = [...cluster.of('publisher'), ...cluster.of('projector'), ...cluster.of('web')]
  return [...new Set(all)]
}

export const rollingUpgrade = (former: string) => async (stage: Stage) => {
  await replaceEach(stage, root, 'replaced by the present code')
  if (!stage.cluster.services) return
  await setSchemaVersion(stage.cluster.services, formerSchema)
  await replaceEach(stage, former, 'replaced by the former code')
}

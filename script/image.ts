/** What deploy/Dockerfile copies into its last stage, from an installed and built checkout: for tests without Docker. */
import { existsSync, globSync, linkSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

/** The paths that the last stage copies from the other stages. */
export const copiedPaths = (): string[] => {
  const last =
    read('deploy/Dockerfile')
      .split(/^FROM /m)
      .at(-1) ?? ''
  const lists = [...last.matchAll(/^COPY --from=\w+ (.+) \S+$/gm)].map((match) => match[1] ?? '')
  return lists.flatMap((list) => list.split(' ')).map((path) => path.replace('/fresco/', ''))
}

/** The files of the last stage, relative to the checkout. Those of `.next` are missing without a build. */
export const imageFiles = (): string[] => {
  const isSource = sourceFilter()
  const isProduction = packageFilter()
  const isCopied = (path: string) => {
    if (path.startsWith('node_modules/')) return isProduction(path) && !path.endsWith('.map')
    return path.startsWith('.next/') ? !path.startsWith('.next/cache/') : isSource(path)
  }
  return copiedPaths().flatMap(filesIn).filter(isCopied)
}

const filesIn = (path: string): string[] => {
  if (!existsSync(join(root, path))) return []
  if (statSync(join(root, path)).isFile()) return [path]
  const entries = readdirSync(join(root, path), { recursive: true, withFileTypes: true })
  return entries.flatMap((entry) => (entry.isFile() ? relative(root, join(entry.parentPath, entry.name)) : []))
}

/** By .dockerignore. */
const sourceFilter = () => {
  const patterns = read('.dockerignore')
    .split('\n')
    .filter((line) => line.includes('/'))
  const ignored = globSync(patterns, { cwd: root, exclude: ['node_modules', '.next'] })
  return (path: string) => !ignored.some((each) => path === each || path.startsWith(`${each}/`))
}

interface LockedPackage {
  readonly dev?: boolean
  readonly optional?: boolean
  readonly devOptional?: boolean
}

/** As `npm ci --omit=dev --omit=optional`. */
const packageFilter = () => {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, LockedPackage> }
  return (path: string) => {
    const locked = packages[/^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? '']
    return locked !== undefined && !locked.dev && !locked.optional && !locked.devOptional
  }
}

export const bytesOf = (paths: readonly string[]) => paths.reduce((sum, path) => sum + statSync(join(root, path)).size, 0)

/** Links the files into a folder on the same file system. */
export const linkFiles = (paths: readonly string[], folder: string) => {
  for (const path of new Set(paths.map(dirname))) mkdirSync(join(folder, path), { recursive: true })
  for (const path of paths) linkSync(join(root, path), join(folder, path))
}

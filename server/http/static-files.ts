/** The files for browsers: of the build, and of `public/`. */
import { readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'

/** The request path of each file. `folders` maps the first part of the path to a folder. */
export const readStaticFiles = async (folders: Readonly<Record<string, string>>): Promise<ReadonlySet<string>> => {
  const paths = new Set<string>()
  for (const [root, folder] of Object.entries(folders)) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
    for (const entry of entries) {
      if (entry.isFile()) paths.add(root + relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    }
  }
  return paths
}

/**
 * The manifest of a backup: its files, their checksums, and the number of rows. It is written last and atomically, so a folder with a manifest
 * has a complete backup.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'

export const manifestFile = 'manifest.json'
const nothingChanged = 'Nothing was changed.'
const plainName = /^[a-z][a-z0-9_.-]{0,63}$/

const schema = z.object({
  format: z.literal(1),
  store: z.enum(['sqlite', 'mongo']),
  schemaVersion: z.number().int().min(1),
  madeAt: z.iso.datetime(),
  /** Rows (documents) of each table (collection). */
  counts: z.record(z.string(), z.number().int().min(0)),
  files: z
    .array(z.object({ name: z.string().regex(plainName), bytes: z.number().int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/) }))
    .min(1),
})

export type Manifest = z.infer<typeof schema>
export type BackupFile = Manifest['files'][number]

/** An error that an operator can solve. The message is for the operator. */
export class BackupError extends Error {
  readonly code = 'backup'
}

/** @throws {BackupError} when the folder cannot be created or is not empty. */
const makeEmptyFolder = async (folder: string) => {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((cause: NodeJS.ErrnoException) => {
    throw new BackupError(`The folder ${folder} cannot be created (${cause.code}).`, { cause })
  })
  if ((await readdir(folder)).length > 0) throw new BackupError(`${folder} is not empty. A backup needs an empty folder.`)
}

/** Runs `save`, which writes into an empty folder. If it fails, the folder is emptied, so that the command can be repeated. @throws {BackupError} */
export const intoEmptyFolder = async <Result>(folder: string, save: () => Promise<Result>): Promise<Result> => {
  await makeEmptyFolder(folder)
  try {
    return await save()
  } catch (cause) {
    for (const name of await readdir(folder).catch(() => [])) await rm(join(folder, name), { force: true }).catch(() => undefined)
    if (cause instanceof BackupError) throw cause
    throw new BackupError(`The backup could not be saved in ${folder} (${cause instanceof Error ? cause.message : String(cause)}).`, {
      cause,
    })
  }
}

/** A power failure can remove a new file's name from a folder that is not synced. */
export const syncFolder = async (folder: string) => {
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}

export const measure = async (folder: string, name: string): Promise<BackupFile> => {
  const hash = createHash('sha256')
  let bytes = 0
  await pipeline(createReadStream(join(folder, name)), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      hash.update(chunk)
      bytes += chunk.length
    }
  })
  return { name, bytes, sha256: hash.digest('hex') }
}

export const writeManifest = async (folder: string, manifest: Manifest) => {
  const draft = join(folder, `${manifestFile}.part`)
  const handle = await open(draft, 'wx', 0o600)
  try {
    await handle.writeFile(`${JSON.stringify(manifest, null, 2)}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(draft, join(folder, manifestFile))
  await syncFolder(folder)
}

/** Not a link, which could point outside the backup, and not a pipe, which could block the restore. */
const isPlainFile = async (path: string) => (await lstat(path)).isFile()

/** @throws {BackupError} when there is no valid manifest. */
export const readManifest = async (folder: string): Promise<Manifest> => {
  const path = join(folder, manifestFile)
  const text = await isPlainFile(path)
    .then((isPlain) => (isPlain ? readFile(path, 'utf8') : ''))
    .catch((cause: NodeJS.ErrnoException) => {
      throw new BackupError(
        `${folder} has no readable ${manifestFile} (${cause.code}): it is not a backup, or the backup was interrupted.`,
        { cause },
      )
    })
  const manifest = parse(text)
  if (!manifest) throw new BackupError(`The ${manifestFile} in ${folder} is not valid for this version of Fresco.`)
  return manifest
}

/** Compares a folder with its manifest, which must list exactly the `needed` files. @throws {BackupError} when they differ. */
export const verifyFiles = async (folder: string, manifest: Manifest, needed: readonly string[]) => {
  const listed = manifest.files.map(({ name }) => name)
  const missing = needed.find((name) => !listed.includes(name))
  if (missing) throw new BackupError(`The ${manifestFile} in ${folder} does not list ${missing}. ${nothingChanged}`)
  const unknown = listed.find((name, index) => !needed.includes(name) || listed.indexOf(name) !== index)
  if (unknown)
    throw new BackupError(
      `The ${manifestFile} in ${folder} lists ${unknown}, which is not a file of a backup or is listed twice. ${nothingChanged}`,
    )
  const unlisted = (await readdir(folder)).find((name) => name !== manifestFile && !listed.includes(name))
  if (unlisted) throw new BackupError(`${join(folder, unlisted)} is not in the ${manifestFile}. Move it elsewhere. ${nothingChanged}`)
  for (const file of manifest.files) {
    const path = join(folder, file.name)
    const found = (await isPlainFile(path).catch(() => false)) ? await measure(folder, file.name).catch(() => null) : null
    if (found?.bytes !== file.bytes || found.sha256 !== file.sha256) {
      throw new BackupError(`${path} is missing or damaged. ${nothingChanged}`)
    }
  }
}

const parse = (text: string): Manifest | null => {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

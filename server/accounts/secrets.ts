/** The admin token and the session secret: from the environment, else generated at the first start into DATA_DIR, for the owner only. */
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Config } from '../config.ts'

export const adminTokenFile = 'admin-token'
export const sessionSecretFile = 'session-secret'
/** Created with the admin token, and removed after an operator has signed in. While it exists, each start prints a sign-in link. */
const noSignInYetFile = 'nobody-signed-in'

export interface Secrets {
  readonly adminToken: string
  readonly sessionSecret: string
  /** The admin token was generated, and no operator has signed in yet. */
  readonly awaitsOperator: boolean
}

/** @throws when DATA_DIR cannot be read or written, or holds an empty secret. */
export const loadSecrets = (config: Pick<Config, 'dataDir' | 'adminToken' | 'sessionSecret'>): Secrets => {
  const { dataDir } = config
  const mark = join(dataDir, noSignInYetFile)
  const adminToken = config.adminToken || readOrMake(dataDir, adminTokenFile, mark)
  const sessionSecret = config.sessionSecret || readOrMake(dataDir, sessionSecretFile)
  return { adminToken, sessionSecret, awaitsOperator: !config.adminToken && existsSync(mark) }
}

/** Later starts print no sign-in link. */
export const noteSignIn = ({ dataDir }: Pick<Config, 'dataDir'>) => rmSync(join(dataDir, noSignInYetFile), { force: true })

/** `mark` is created together with the secret. */
const readOrMake = (dataDir: string, name: string, mark?: string): string => {
  const path = join(dataDir, name)
  try {
    make(path, mark)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'EEXIST') {
      const remedy = code === 'ENOSPC' ? 'The disk is full' : 'Make it a folder of the user that runs Fresco'
      throw new Error(`DATA_DIR ${dataDir} cannot be written (${code ?? message}). ${remedy}.`, { cause: error })
    }
  }
  const secret = readFileSync(path, 'utf8').trim()
  if (secret.length < 32) throw new Error(`${path} must hold a secret of at least 32 characters. Remove it to generate a new one.`)
  return secret
}

/** If the secret cannot be written, as on a full disk, the empty file is removed. */
const make = (path: string, mark: string | undefined) => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  // `wx`: if two processes start together, one creates the secret and the other reads it.
  const file = openSync(path, 'wx', 0o600)
  try {
    if (mark) writeFileSync(mark, '', { mode: 0o600 })
    writeFileSync(file, `${randomBytes(32).toString('base64url')}\n`)
    fsyncSync(file)
  } catch (error) {
    rmSync(path, { force: true })
    throw error
  } finally {
    closeSync(file)
  }
}

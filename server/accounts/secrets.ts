/**
 * The admin token and the session secret: from the environment, or made at the first start and kept in DATA_DIR, readable by
 * the owner only. Called once by the container, and by the command line, which reads the admin token from the same place.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config.ts'

export const adminTokenFile = 'admin-token'
export const sessionSecretFile = 'session-secret'
/** Made with the admin token, and removed when an operator has signed in. While it is there, each start prints a sign-in link. */
const nobodySignedInFile = 'nobody-signed-in'

export interface Secrets {
  readonly adminToken: string
  readonly sessionSecret: string
  /** The admin token was generated, and no operator has signed in yet. */
  readonly awaitsOperator: boolean
}

/** @throws when DATA_DIR cannot be read or written, or holds an empty secret. */
export const loadSecrets = (config: Pick<Config, 'dataDir' | 'adminToken' | 'sessionSecret'>): Secrets => {
  const given = (secret: string | null) => secret && { secret, isNew: false }
  const admin = given(config.adminToken) || readOrMake(config.dataDir, adminTokenFile)
  const session = given(config.sessionSecret) || readOrMake(config.dataDir, sessionSecretFile)
  const mark = join(config.dataDir, nobodySignedInFile)
  if (admin.isNew) writeFileSync(mark, '', { mode: 0o600 })
  return { adminToken: admin.secret, sessionSecret: session.secret, awaitsOperator: !config.adminToken && existsSync(mark) }
}

/** From now on starts print no sign-in link. */
export const noteSignIn = ({ dataDir }: Pick<Config, 'dataDir'>) => rmSync(join(dataDir, nobodySignedInFile), { force: true })

const readOrMake = (dataDir: string, name: string): { secret: string; isNew: boolean } => {
  const path = join(dataDir, name)
  let isNew = true
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    // `wx`: of two processes that start together one makes the secret, the other reads it.
    writeFileSync(path, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'EEXIST') {
      throw new Error(`DATA_DIR ${dataDir} cannot be written (${code ?? message}). Make it a folder of the user that runs Fresco.`, {
        cause: error,
      })
    }
    isNew = false
  }
  const secret = readFileSync(path, 'utf8').trim()
  if (secret.length < 32) throw new Error(`${path} must hold a secret of at least 32 characters. Remove it to have a new one made.`)
  return { secret, isNew }
}

/** The admin token and the session secret: from the environment, or generated into the data folder at the first start. */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const secretFiles = { adminToken: 'admin-token', sessionSecret: 'session-secret' } as const

const readOrMake = (folder: string, name: string): string => {
  const file = join(folder, name)
  if (existsSync(file)) {
    const secret = readFileSync(file, 'utf8').trim()
    if (secret.length < 32) throw new Error(`${file} must hold at least 32 characters. Delete it to have a new one made.`)
    return secret
  }
  mkdirSync(folder, { recursive: true })
  const secret = randomBytes(32).toString('base64url')
  writeFileSync(file, `${secret}\n`, { mode: 0o600 })
  return secret
}

/** @throws when a file cannot be read or written, or is too short. */
export const loadSecrets = (options: { dataDir: string; adminToken: string | null; sessionSecret: string | null }) => ({
  adminToken: options.adminToken ?? readOrMake(options.dataDir, secretFiles.adminToken),
  sessionSecret: options.sessionSecret ?? readOrMake(options.dataDir, secretFiles.sessionSecret),
})

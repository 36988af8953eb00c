/** What a host has set for its shell and for npm does not change what `script/server` does. A small project with a stand-in for npm shows it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'

const here = import.meta.dirname
let folder: string
let project: string

/** Notes how it was called, and makes what `npm ci` makes; with `npm-fails` beside it, half of that. */
const standIn = `#!/bin/sh
{ echo "args: $*"; echo "HOME: $HOME"; umask; } >> "$NPM_LOG"
rm -rf node_modules; mkdir -p node_modules/.bin node_modules/next/dist/bin
ln -s "$REAL_NODE" node_modules/.bin/node
[ ! -e "$(dirname "$0")/npm-fails" ] || exit 1
cat > node_modules/next/dist/bin/next.js <<'JS'
const { appendFileSync, mkdirSync, writeFileSync } = require('node:fs')
appendFileSync(process.env.NPM_LOG, 'build: ' + process.env.NODE_ENV + '\\n')
mkdirSync('.next', { recursive: true })
writeFileSync('.next/BUILD_ID', '1')
JS
mv node_modules/next/dist/bin/next.js node_modules/next/dist/bin/next
`

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fresco-host-'))
  project = join(folder, "a host's folder")
  mkdirSync(join(project, 'server'), { recursive: true })
  mkdirSync(join(project, 'bin'))
  for (const name of ['server', 'real-mongodb', 'lib.sh']) cpSync(join(here, name), join(project, 'script', name))
  writeFileSync(join(project, 'package.json'), '{}')
  writeFileSync(join(project, 'package-lock.json'), '{}')
  writeFileSync(join(project, 'server/main.ts'), 'console.log("started in " + process.cwd())')
  writeFileSync(join(project, 'bin/npm'), standIn)
  chmodSync(join(project, 'bin/npm'), 0o755)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const log = () => (existsSync(join(folder, 'log')) ? readFileSync(join(folder, 'log'), 'utf8') : '')
const installs = () => log().match(/^args: ci /gm)?.length ?? 0

const start = async (options: { env?: Record<string, string>; cwd?: string; command?: readonly string[] } = {}) => {
  const [command = '', ...args] = options.command ?? [join(project, 'script/server')]
  const home = { HOME: folder, PATH: `${project}/bin:${process.env['PATH']}`, NPM_LOG: join(folder, 'log'), REAL_NODE: process.execPath }
  const child = spawn(command, args, {
    cwd: options.cwd ?? folder,
    env: { ...home, ...options.env } as unknown as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  // bash itself warns of a language that is not installed.
  return { code: code as number, out, err: err.replaceAll(/^.*setlocale.*\n/gm, '') }
}

const startsWell = async (options: Parameters<typeof start>[0] = {}) => {
  const { code, out, err } = await start(options)
  expect({ code, err, out }).toEqual({ code: 0, err: '', out: expect.stringContaining(`started in ${project}`) })
}

test('it installs from the lock file, development packages too, for every NODE_ENV and all npm settings', async () => {
  const npm = { npm_config_omit: 'dev', npm_config_ignore_scripts: 'true', npm_config_package_lock: 'false', npm_config_prefix: '/nowhere' }
  await startsWell({ env: { NODE_ENV: 'development', ...npm } })
  const args = log().split('\n')[0] ?? ''
  expect(args).toContain('args: ci ')
  for (const flag of [
    '--include=dev',
    '--ignore-scripts=false',
    '--package-lock=true',
    '--global=false',
    '--location=project',
    `--prefix ${project}`,
  ]) {
    expect(args).toContain(flag)
  }
  expect(log()).toContain('build: production')
})

test('it starts from any folder, through a link, and with any BASH_ENV, CDPATH, umask and language', async () => {
  const bashEnv = join(folder, 'bash-env')
  writeFileSync(bashEnv, 'cd /; echo from BASH_ENV; npm() { exit 9; }; exit 7')
  mkdirSync(join(folder, 'elsewhere/script'), { recursive: true })
  symlinkSync(join(project, 'script/server'), join(folder, 'fresco'))
  const env = {
    BASH_ENV: bashEnv,
    CDPATH: join(folder, 'elsewhere'),
    LC_ALL: 'tr_TR.UTF-8',
    LANG: 'xx_XX',
    TZ: 'Pacific/Apia',
    'BASH_FUNC_npm%%': '() { exit 9; }',
  }
  await startsWell({ env, cwd: project, command: ['script/server'] })
  await startsWell({ env, cwd: '/', command: [join(folder, 'fresco')] })
  await startsWell({ cwd: join(project, 'script'), command: ['./server'] })
  await startsWell({ cwd: project, command: ['sh', '-c', 'umask 000; exec bash script/server'] })
  await startsWell({ cwd: project, command: ['sh', '-c', 'umask 077; exec sh script/server'] })
  expect(installs()).toBe(1)
})

test('nobody else may write to what is installed, and a stricter umask stays', async () => {
  await startsWell({ command: ['sh', '-c', `umask 000; exec "${project}/script/server"`] })
  rmSync(join(project, 'node_modules'), { recursive: true })
  await startsWell({ command: ['sh', '-c', `umask 077; exec "${project}/script/server"`] })
  expect(log().match(/^0\d+$/gm)).toEqual(['0022', '0077'])
})

test('an install that failed is done again at the next start', async () => {
  writeFileSync(join(project, 'bin/npm-fails'), '')
  expect((await start()).code).toBe(1)
  rmSync(join(project, 'bin/npm-fails'))
  await startsWell()
  expect(installs()).toBe(2)
})

test.each(['with flock', 'without flock'])('first starts at the same time install once (%s)', async (how) => {
  // A PATH without flock has everything else that the scripts use.
  if (how === 'without flock') {
    for (const name of [
      'bash',
      'sh',
      'cat',
      'dirname',
      'readlink',
      'find',
      'sort',
      'xargs',
      'sha256sum',
      'cut',
      'mkdir',
      'rm',
      'sleep',
      'ln',
      'mv',
    ]) {
      const place = ['/bin', '/usr/bin'].map((bin) => join(bin, name)).find(existsSync)
      if (place) symlinkSync(place, join(project, 'bin', name))
    }
  }
  const env = how === 'without flock' ? { PATH: join(project, 'bin') } : {}
  await Promise.all([startsWell({ env }), startsWell({ env }), startsWell({ env })])
  expect(installs()).toBe(1)
  expect(log().match(/^build:/gm)).toHaveLength(1)
})

test('a lock that a killed start has left does not hold', async () => {
  mkdirSync(join(project, '.cache/lock.d'), { recursive: true })
  writeFileSync(join(project, '.cache/lock.d/pid'), '999999999')
  await startsWell()
})

test('a start after the build writes nothing into the checkout', async () => {
  await startsWell()
  const files = () =>
    readdirSync(project, { recursive: true, encoding: 'utf8' })
      // Compiled sources are kept where that is possible.
      .filter((name) => !/^node_modules(\/\.cache|$)/.test(name))
      .map((name) => `${name} ${statSync(join(project, name)).mtimeMs}`)
      .sort()
  const before = files()
  await startsWell()
  expect(files()).toEqual(before)
})

test('without a HOME that can be written npm gets a folder of the project', async () => {
  const home = join(folder, 'home')
  writeFileSync(home, 'not a folder')
  await startsWell({ env: { HOME: home } })
  expect(log()).toContain(`HOME: ${project}/.cache/home\n`)
  rmSync(join(project, 'node_modules'), { recursive: true })
  await startsWell({ command: ['env', '-u', 'HOME', join(project, 'script/server')] })
  expect(installs()).toBe(2)
})

test('script/real-mongodb checks the replica set before it builds the pages', async () => {
  mkdirSync(join(project, 'chaos/real-mongodb'), { recursive: true })
  writeFileSync(join(project, '.env.example'), '')
  const program = `
    import { appendFileSync } from 'node:fs'
    const args = process.argv.slice(2).join(' ')
    appendFileSync(process.env.NPM_LOG, 'ran: ' + args + '\\n')
    process.exitCode = args.includes('wrong') ? 2 : 0`
  writeFileSync(join(project, 'chaos/real-mongodb/main.ts'), program)
  const run = async (...args: string[]) => (await start({ command: [join(project, 'script/real-mongodb'), ...args] })).code
  expect(await run('wrong uri')).toBe(2)
  expect(await run('uri', '--check')).toBe(0)
  expect(log().match(/^(ran|build): .*$/gm)).toEqual(['ran: --check wrong uri', 'ran: uri --check'])
  expect(await run('uri', '--only', 'race')).toBe(0)
  expect(
    log()
      .match(/^(ran|build): .*$/gm)
      ?.slice(2),
  ).toEqual(['ran: --check uri --only race', 'build: production', 'ran: uri --only race'])
})

test('without npm it says what is missing', async () => {
  rmSync(join(project, 'bin/npm'))
  for (const name of ['bash', 'sh', 'dirname', 'readlink', 'rm']) symlinkSync(join('/bin', name), join(project, 'bin', name))
  expect(await start({ env: { PATH: join(project, 'bin') } })).toMatchObject({
    code: 1,
    err: expect.stringContaining('Node 20 or newer with npm'),
  })
})

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { failpointNames } from '../failpoints.ts'
import { version } from '../version.ts'
import { folder, json, picture, problem, run, setUp, standIn, tearDown } from './run-command.fixture.ts'

beforeEach(setUp)
afterEach(tearDown)

describe('the server', () => {
  const file = () => join(folder, 'a.png')

  beforeEach(() => standIn.willAnswer((response) => response.writeHead(200, { 'content-type': 'image/png' }).end()))

  test('is at PORT of this machine, for any PUBLIC_URL, or at --url', async () => {
    await run(['export', file()], { PUBLIC_URL: 'http://nowhere.invalid' })
    await run(['export', file()], { HOST: '0.0.0.0' })
    await run(['export', file(), '--url', standIn.url], { PORT: '1', HOST: '::1' })
    expect(standIn.asked).toHaveLength(3)
    expect((await run(['export', file()], { PORT: '1', HOST: '::1' })).err).toContain('http://[::1]:1')
  })

  test.each([
    [413, /^A proxy at http:\S+ refused the request as too large before it reached Fresco .*status 413.* Use --url/],
    [502, /^A proxy at http:\S+ cannot reach Fresco: is it running\? \(status 502\)/],
    [504, /^A proxy at http:\S+ got no answer from Fresco/],
    [301, /redirects to https:\/\/fresco\.example\/ \(status 301\)/],
    [404, /does not seem to be Fresco \(status 404\)/],
  ])("a proxy's answer %i is distinguished from Fresco's own", async (status, sentence) => {
    standIn.willAnswer((response) => {
      const location = status === 301 ? { location: 'https://fresco.example/' } : {}
      response.writeHead(status, { 'content-type': 'text/html', ...location }).end('<h1>nginx</h1>')
    })
    const failed = await run(['import', picture])
    expect({ code: failed.code, sentence: failed.err.split('\n').at(-1) }).toEqual({ code: 1, sentence: expect.stringMatching(sentence) })
    standIn.willAnswer(json(status, { detail: 'a proxy with JSON' }))
    expect((await run(['export', file()])).err).not.toContain('a proxy with JSON')
    standIn.willAnswer(problem(status, 'The picture is larger than 32 MiB.'))
    expect((await run(['import', picture])).err).toContain('The picture is larger than 32 MiB.')
  })

  test('must be given when its port is chosen at its start', async () => {
    expect(await run(['export', file()], { PORT: '0' })).toMatchObject({ code: 2, err: expect.stringContaining('--url') })
  })

  test('gets no request while the environment is invalid, and every mistake is listed', async () => {
    const { code, err } = await run(['export', file()], { PORT: 'x', COOLDOWN_MS: '-1' })
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/PORT must be .*\n.*COOLDOWN_MS must be/) })
    expect(standIn.asked).toEqual([])
  })
})

describe('usage', () => {
  test('failpoints lists the names', async () => {
    expect(await run(['failpoints'])).toEqual({ code: 0, out: failpointNames.join('\n'), err: '' })
  })

  test('--version prints the version', async () => {
    expect(await run(['--version'], { PORT: 'x' })).toEqual({ code: 0, out: version, err: '' })
  })

  test.each([[['--help']], [['-h']], [['import', '--help']], [['export', 'x', '-h']], [['failpoints', '--help']]])(
    '%j prints help, also in an invalid environment',
    async (args) => {
      const { code, out, err } = await run(args, { PORT: 'x' })
      expect({ code, err }).toEqual({ code: 0, err: '' })
      expect(out).toMatch(/^fresco /)
    },
  )

  test.each([
    [[], 'fresco COMMAND'],
    [['paint'], 'There is no command "paint".'],
    [['import'], 'FILE.png is missing.'],
    [['import', 'a.png', 'b.png'], 'The argument "b.png" is not expected.'],
    [['import', 'a.png', '--gx', 'x'], '--gx must be a whole number from 0 to 16383, got "x".'],
    [['import', 'a.png', '--gx=-1'], '--gx must be'],
    [['import', 'a.png', '--gy', '1.5'], '--gy must be'],
    [['import', 'a.png', '--gy', '16384'], '--gy must be'],
    [['import', 'a.png', '--canvas', 'Main'], '--canvas must be'],
    [['import', 'a.png', '--canvas', '../x'], '--canvas must be'],
    [['import', 'a.png', '--url', 'ftp://x'], '--url must be'],
    [['import', 'a.png', '--url', 'http://here/fresco'], '--url must have no path'],
    [['import', 'a.png', '--near'], "Unknown option '--near'"],
    [['export', 'a.png', '--scale', '0'], '--scale must be a whole number from 1 to 8, got "0".'],
    [['export', 'a.png', '--scale', '9'], '--scale must be'],
    [['canvas'], 'list, create, set, announce, start-over or delete is missing.'],
    [['canvas', 'drop'], 'There is no "canvas drop", only list, create, set, announce, start-over and delete.'],
    [['canvas', 'list', 'main'], 'The argument "main" is not expected.'],
    [['canvas', 'set'], 'ID is missing.'],
    [['canvas', 'set', 'Main', '--title', 'x'], 'ID must be 1 to 32 characters'],
    [['canvas', 'set', 'main'], 'Give something to change'],
    [['canvas', 'set', 'main', '--rev', '3'], 'Give something to change'],
    [['canvas', 'set', 'main', '--state', 'over'], '--state must be open, paused or closed, got "over".'],
    [['canvas', 'set', 'main', '--cooldown-ms', '86400001'], '--cooldown-ms must be a whole number from 0 to 86400000'],
    [['canvas', 'set', 'main', '--max-charges', '0'], '--max-charges must be'],
    [['canvas', 'set', 'main', '--start-charges', '1.5'], '--start-charges must be'],
    [['canvas', 'set', 'main', '--title', 'x', '--rev', 'x'], '--rev must be'],
    [['canvas', 'set', 'main', '--visibility', 'all'], '--visibility must be listed or link, got "all".'],
    [['canvas', 'set', 'main', '--width', '16385'], '--width must be a whole number from 1 to 16384'],
    [['canvas', 'set', 'main', '--undo-ms', '60001'], '--undo-ms must be'],
    [['canvas', 'set', 'main', '--assist', 'yes'], '--assist must be on or off'],
    [['canvas', 'set', 'main', '--add-colors', '#FFF'], '--add-colors must be a list such as'],
    [['canvas', 'set', 'main', '--protect', '0,0,10'], '--protect must be four whole numbers'],
    [['canvas', 'set', 'main', '--protect', '0,0,10,-1'], '--protect must be four whole numbers'],
    [['canvas', 'set', 'main', '--only-color', 'red'], '--only-color must be a colour of the board'],
    [['canvas', 'set', 'main', '--rules-file', '/nowhere/rules.md'], '--rules-file /nowhere/rules.md could not be read (ENOENT).'],
    [['canvas', 'set', 'main', '--rules', 'a', '--rules-file', 'b'], 'Give --rules or --rules-file, not both.'],
    [['failpoints', 'x'], 'The argument "x" is not expected.'],
    [['audit', 'foo'], 'The argument "foo" is not expected.'],
    [['audit', '--json', 'foo'], 'The argument "foo" is not expected.'],
    [['rebuild', 'history', 'stats'], 'The argument "stats" is not expected.'],
    [['rebuild', 'history', '--partial'], '--partial is for stats and profiles only.'],
    [['backup', 'a', 'b'], 'The argument "b" is not expected.'],
    [['restore', 'a', 'b', '--force'], 'The argument "b" is not expected.'],
    [['export', 'a.png', 'b.png'], 'The argument "b.png" is not expected.'],
    [['crowd', 'main'], 'The argument "main" is not expected.'],
    [['crowd', '--crop', '1,2,3,4'], '--crop is a part of --picture'],
    [['crowd', '--picture', 'a.png', '--seconds', '3'], '--seconds is for a crowd without --picture'],
    [['--help', 'foo'], 'The argument "foo" is not expected.'],
  ])('%j is bad usage', async (args, sentence) => {
    const { code, out, err } = await run(args)
    expect({ code, out, err }).toEqual({ code: 2, out: '', err: expect.stringContaining(sentence) })
    expect(standIn.asked).toEqual([])
  })

  test('a closed pipe or a full disk ends the command without a stack', async () => {
    const shell = (command: string) =>
      promisify(execFile)('bash', ['-c', `set -o pipefail; node_modules/.bin/node server/cli/main.ts ${command}`])
    await expect(shell('--help | true')).rejects.toMatchObject({ code: 1, stderr: '' })
    await expect(shell('--help > /dev/full')).rejects.toMatchObject({ code: 1, stderr: 'The result could not be written (ENOSPC).\n' })
  })

  test('the process exits with the exit code', async () => {
    const fresco = (...args: string[]) => promisify(execFile)('node_modules/.bin/node', ['server/cli/main.ts', ...args])
    expect((await fresco('failpoints')).stdout).toBe(`${failpointNames.join('\n')}\n`)
    await expect(fresco('paint')).rejects.toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('There is no command') })
  })
})

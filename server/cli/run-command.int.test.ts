import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readConfig } from '../config.ts'
import { failpointNames } from '../failpoints.ts'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import { paint, testCanvas } from '../store/store.fixture.ts'
import { runCommand } from './run-command.ts'

const adminToken = 'an-admin-token-of-32-characters-x'

interface Asked {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

/** A stand-in for Fresco: records its requests and answers as the test sets. */
const createStandIn = async () => {
  const asked: Asked[] = []
  let answer: (response: ServerResponse) => void = (response) => response.writeHead(500).end()
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      asked.push({ method: request.method, url: request.url, headers: request.headers, body })
      answer(response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    asked,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    port: (server.address() as AddressInfo).port,
    willAnswer(next: typeof answer) {
      answer = next
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const json =
  (status: number, value: unknown, type = 'application/json') =>
  (response: ServerResponse) =>
    void response.writeHead(status, { 'content-type': type }).end(JSON.stringify(value))

const problem = (status: number, detail: string) => json(status, { status, detail }, 'application/problem+json')

let folder: string
let standIn: Awaited<ReturnType<typeof createStandIn>>
let picture: string
const pictureBytes = Buffer.from('what is in the file matters to the server only')

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fresco-cli-'))
  standIn = await createStandIn()
  picture = join(folder, 'picture.png')
  await writeFile(picture, pictureBytes)
})

afterEach(async () => {
  await standIn.close()
  await rm(folder, { recursive: true })
})

const run = async (args: readonly string[], env: Record<string, string> = {}, typed: string | null = null) => {
  const out: string[] = []
  const err: string[] = []
  let nowMs = 0
  const ask = (question: string) => {
    err.push(question)
    return Promise.resolve(typed ?? '')
  }
  const code = await runCommand({
    args,
    config: () => readConfig({ ADMIN_TOKEN: adminToken, HOST: '127.0.0.1', PORT: String(standIn.port), DATA_DIR: folder, ...env }),
    print: (line) => void out.push(line),
    progress: (line) => void err.push(line),
    ask: typed === null ? null : ask,
    now: () => (nowMs += 1_234),
  })
  return { code, out: out.join('\n'), err: err.join('\n') }
}

describe('import', () => {
  test('sends the picture as the operator and prints the number of placed pixels', async () => {
    standIn.willAnswer(json(200, { placed: 46 }))
    const { code, out, err } = await run(['import', picture, '--canvas', 'side-2', '--gx', '7', '--gy=0', '--nearest'])
    expect({ code, out }).toEqual({ code: 0, out: '46 pixels placed in 1.2 s' })
    expect(err).toBe(`Painting picture.png (46 bytes) onto "side-2" at 7, 0 through ${standIn.url}`)
    expect(standIn.asked).toMatchObject([
      {
        method: 'POST',
        url: '/api/admin/canvases/side-2/picture?gx=7&gy=0&nearest=true',
        headers: { 'content-type': 'image/png', authorization: `Bearer ${adminToken}`, 'content-length': '46' },
        body: pictureBytes,
      },
    ])
  })

  test('paints onto main at 0, 0 by default', async () => {
    standIn.willAnswer(json(200, { placed: 1 }))
    await run(['import', picture])
    expect(standIn.asked[0]?.url).toBe('/api/admin/canvases/main/picture?gx=0&gy=0&nearest=false')
  })

  test('uses the token that the server generated in DATA_DIR', async () => {
    await writeFile(join(folder, 'admin-token'), 'made-by-the-server\n')
    standIn.willAnswer(json(200, { placed: 1 }))
    expect((await run(['import', picture], { ADMIN_TOKEN: '' })).code).toBe(0)
    expect(standIn.asked[0]?.headers.authorization).toBe('Bearer made-by-the-server')
  })

  test('reports a missing token', async () => {
    const { code, err } = await run(['import', picture], { ADMIN_TOKEN: '' })
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(join(folder, 'admin-token')) })
    expect(standIn.asked).toEqual([])
  })

  test("prints the server's sentence when the server refuses", async () => {
    standIn.willAnswer(problem(422, 'The pixel at 3, 4 of the picture is #123456.'))
    const { code, out, err } = await run(['import', picture])
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err.split('\n').at(-1)).toBe('The pixel at 3, 4 of the picture is #123456.')
  })

  test('reports an unreadable file', async () => {
    const { code, err } = await run(['import', join(folder, 'nothing.png')])
    expect({ code, err }).toEqual({ code: 1, err: `${join(folder, 'nothing.png')} could not be read (ENOENT).` })
  })

  test('reports a connection that closes before the answer', async () => {
    standIn.willAnswer((response) => response.destroy())
    const { code, err } = await run(['import', picture])
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(`The server at ${standIn.url} did not answer (ECONNRESET)`) })
  })
})

test.each<[string, (response: ServerResponse) => void, string]>([
  ['the JSON of another program', json(200, { hello: 1 }), 'does not seem to be Fresco (status 200)'],
  [
    'half of an object',
    (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{"hel'),
    'does not seem to be Fresco (status 200)',
  ],
  [
    'an answer that is cut off',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 })
      response.write('{"placed"', () => response.destroy())
    },
    'was cut off (ECONNRESET).',
  ],
])('import and crowd report %s in a sentence', async (_what, answer, sentence) => {
  standIn.willAnswer(answer)
  for (const args of [
    ['import', picture],
    ['crowd', '--yes'],
  ]) {
    const { code, out, err } = await run(args)
    expect({ code, out, err }).toEqual({ code: 1, out: '', err: expect.stringContaining(sentence) })
  }
})

describe('export', () => {
  const png = Buffer.alloc(200_000, 'png')

  test('saves the bytes of the server', async () => {
    standIn.willAnswer((response) => response.writeHead(200, { 'content-type': 'image/png' }).end(png))
    const file = join(folder, 'board.png')
    const { code, out } = await run(['export', file, '--scale', '8', '--canvas', 'side'])
    expect({ code, out }).toEqual({ code: 0, out: `${file}: 200000 bytes` })
    expect(await readFile(file)).toEqual(png)
    expect(standIn.asked).toMatchObject([{ method: 'GET', url: '/api/canvases/side/board.png?scale=8' }])
  })

  test('replaces a file only by a complete one', async () => {
    standIn.willAnswer((response) => {
      response.writeHead(200, { 'content-type': 'image/png' })
      response.write(png, () => response.destroy())
    })
    const { code, err } = await run(['export', picture])
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(`${picture} could not be saved`) })
    expect(await readFile(picture)).toEqual(pictureBytes)
    expect(await readdir(folder)).toEqual(['picture.png'])
  })

  test("prints the server's sentence when the picture would be too large", async () => {
    standIn.willAnswer(problem(400, 'At this scale the picture would be wider than 16384 pixels.'))
    const { code, err } = await run(['export', join(folder, 'a.png'), '--scale', '8'])
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('wider than 16384') })
    expect(await readdir(folder)).toEqual(['picture.png'])
  })

  test('reports a file that cannot be written', async () => {
    standIn.willAnswer((response) => response.writeHead(200, { 'content-type': 'image/png' }).end(png))
    const { code, err } = await run(['export', join(folder, 'missing', 'a.png')])
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('could not be saved (ENOENT)') })
  })

  test('reports a missing server', async () => {
    const url = standIn.url
    await standIn.close()
    const { code, err } = await run(['export', join(folder, 'a.png'), '--url', url])
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringContaining(`The server at ${url} did not answer (ECONNREFUSED). Is it running?`),
    })
    standIn = await createStandIn()
  })

  test('reports another program that answers', async () => {
    standIn.willAnswer((response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome'))
    const { code, err } = await run(['export', join(folder, 'a.png')])
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('does not seem to be Fresco (status 200)') })
  })
})

describe('crowd', () => {
  const canvas = { id: 'main', epoch: 'abcdefgh', width: 64, height: 64, tileSize: 64, palette: ['#000000', '#FFFFFF'], background: 0 }
  const paths = () => standIn.asked.map(({ method, url }) => `${method} ${url}`)

  beforeEach(() => standIn.willAnswer(json(200, canvas)))

  test('paints nothing without a terminal unless --yes is given', async () => {
    const { code, err } = await run(['crowd', '--rate', '10', '--seconds', '2'])
    expect(code).toBe(2)
    expect(err).toContain(`This paints 20 pixels on the board "main" at ${standIn.url}. Everybody sees them`)
    expect(err).toContain('Add --yes to paint.')
    expect(paths()).toEqual(['GET /api/canvases/main'])
  })

  test.each(['', 'yes', 'Main'])('paints nothing when "%s" is typed instead of the name of the board', async (typed) => {
    expect(await run(['crowd'], {}, typed)).toMatchObject({ code: 1, err: expect.stringContaining("Type the board's name") })
    expect(paths()).toEqual(['GET /api/canvases/main'])
  })

  test.each([
    [[], ' main '],
    [['--yes'], null],
  ])('paints with %j and %j', async (args, typed) => {
    standIn.willAnswer((response) =>
      response.writeHead(200, { 'content-type': 'application/json', 'fresco-seq': '0' }).end(JSON.stringify(canvas)),
    )
    const { err } = await run(['crowd', '--painters', '1', ...args], {}, typed)
    expect(err).toContain('Painter 1 got no token (status 200)')
    expect(paths()).toContain('POST /api/tokens')
  })
})

describe('audit', () => {
  const file = () => join(folder, 'fresco.db')

  const makeStore = async () => {
    const store = await openSqliteStore({ file: file() })
    await store.ensureCanvas(testCanvas())
    await store.place({ id: 'group00000000', requests: [paint({ gx: 1, gy: 0, color: 1 })], nowMs: Date.now() })
    await store.sequence({ limit: 10 })
    return store
  }

  test('reads the store of a running server, and reports that everything agrees', async () => {
    const store = await makeStore()
    const { code, out } = await run(['audit'])
    expect({ code, out }).toEqual({
      code: 0,
      out: '1 canvases, 1 tiles, 1 commits, 4096 pixels and 0 snapshots compared, 1 waiting\nEverything agrees.',
    })
    await store.close()
  })

  test('prints each disagreement, and exits with 1', async () => {
    await (await makeStore()).close()
    const database = new DatabaseSync(file())
    database.exec('UPDATE pixels SET color = 2')
    database.close()
    const { code, out, err } = await run(['audit'])
    expect(code).toBe(1)
    expect(out).toContain('pixel_differs    main tile 0: position 1: the database has 2, the log has 1')
    expect(err).toBe('1 things disagree.')
    const asJson = await run(['audit', '--json'])
    expect(asJson.code).toBe(1)
    expect(JSON.parse(asJson.out)).toMatchObject({ ok: false, findings: 1, counts: { pixel_differs: 1 }, examples: [{ tile: 0 }] })
  })

  test('reports a missing database', async () => {
    const { code, err } = await run(['audit'])
    expect({ code, err }).toEqual({ code: 1, err: `There is no database ${file()}. DATA_DIR must be the server's folder.` })
  })
})

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
    [['failpoints', 'x'], 'The argument "x" is not expected.'],
    [['audit', 'foo'], 'The argument "foo" is not expected.'],
    [['audit', '--json', 'foo'], 'The argument "foo" is not expected.'],
    [['rebuild', 'history', 'stats'], 'The argument "stats" is not expected.'],
    [['rebuild', 'history', '--partial'], '--partial is for stats only.'],
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

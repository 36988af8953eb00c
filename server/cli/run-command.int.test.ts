import { readdir, readFile, writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import { paint, testCanvas } from '../store/store.fixture.ts'
import {
  adminToken,
  folder,
  json,
  picture,
  pictureBytes,
  problem,
  run,
  setUp,
  standIn,
  tearDown,
  withoutServer,
} from './run-command.fixture.ts'

beforeEach(setUp)
afterEach(tearDown)

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
    await withoutServer(async () => {
      const { code, err } = await run(['export', join(folder, 'a.png'), '--url', url])
      expect({ code, err }).toEqual({
        code: 1,
        err: expect.stringContaining(`The server at ${url} did not answer (ECONNREFUSED). Is it running?`),
      })
    })
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

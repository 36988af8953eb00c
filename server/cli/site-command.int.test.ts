import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { adminToken, folder, json, picture, pictureBytes, problem, run, setUp, standIn, tearDown } from './run-command.fixture.ts'

beforeEach(setUp)
afterEach(tearDown)

const site = {
  name: 'Winter fresco',
  description: '',
  contact: 'us@example.org',
  privacy: '# Privacy\n\nNothing is stored.',
  accent: '#AA0044',
  logo: '/api/site/logo?rev=4',
  logoSize: { width: 3, height: 2 },
  defaultCanvas: 'main',
  rev: 5,
}

const answerAsServer = () => standIn.willAnswer((response) => json(200, { ...site, rev: 4 + standIn.asked.length })(response))
const bodies = () => standIn.asked.map(({ method, url, body }) => [method, url, method === 'PATCH' ? JSON.parse(String(body)) : null])

test('site show prints the settings', async () => {
  answerAsServer()
  const out = [
    'name:           Winter fresco',
    'description:    none',
    'contact:        us@example.org',
    'accent:         #AA0044',
    'logo:           yes',
    'default board:  main',
    'rev:            5',
    'privacy:        29 characters',
    '# Privacy',
    '',
    'Nothing is stored.',
  ].join('\n')
  expect(await run(['site', 'show'])).toEqual({ code: 0, out, err: '' })
  expect(standIn.asked).toMatchObject([{ method: 'GET', url: '/api/admin/site', headers: { authorization: `Bearer ${adminToken}` } }])
})

test('site show lets no text of a server move the cursor', async () => {
  standIn.willAnswer(json(200, { ...site, name: 'a\u001b[2Jb', privacy: 'one\u001b]0;x\u0007\ntwo' }))
  const { out } = await run(['site', 'show'])
  for (const control of ['\u001b', '\u0007']) expect(out).not.toContain(control)
  expect(out).toContain('two')
})

test('site set sends only what is given, over the newest rev, and the logo after it', async () => {
  answerAsServer()
  const file = join(folder, 'privacy.md')
  await writeFile(file, 'Nothing is stored.')
  const texts = ['--name', 'Winter', '--contact', '', '--privacy-file', file, '--accent', 'none', '--default-board', 'none']
  const { code, err } = await run(['site', 'set', ...texts, '--logo', picture])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  const change = { name: 'Winter', contact: '', privacy: 'Nothing is stored.', accent: null, defaultCanvas: null }
  expect(bodies()).toEqual([
    ['GET', '/api/admin/site', null],
    ['PATCH', '/api/admin/site', change],
    ['PUT', '/api/admin/site/logo', null],
  ])
  expect(standIn.asked[1]?.headers['if-match']).toBe('5')
  expect(standIn.asked[2]).toMatchObject({ headers: { 'content-type': 'image/png' }, body: pictureBytes })
})

test('site set with --rev sends that rev, and --logo none removes the logo', async () => {
  answerAsServer()
  await run(['site', 'set', '--name', 'Winter', '--rev', '3'])
  await run(['site', 'set', '--logo', 'none'])
  expect(bodies()).toEqual([
    ['PATCH', '/api/admin/site', { name: 'Winter' }],
    ['DELETE', '/api/admin/site/logo', null],
  ])
  expect(standIn.asked[0]?.headers['if-match']).toBe('3')
})

test("site set prints the server's sentence when it is refused", async () => {
  standIn.willAnswer(problem(409, 'The settings have rev 6, not 5. Nothing was changed.'))
  const failed = { code: 1, out: '', err: 'The settings have rev 6, not 5. Nothing was changed.' }
  expect(await run(['site', 'set', '--name', 'x', '--rev', '5'])).toEqual(failed)
})

test.each([
  [['site'], 'show or set is missing.'],
  [['site', 'delete'], 'There is no "site delete", only show and set.'],
  [['site', 'set'], 'Give something to change, such as --name.'],
  [['site', 'set', '--rev', '3'], 'Give something to change, such as --name.'],
  [['site', 'set', '--name', 'x', '--rev', 'new'], '--rev must be a whole number'],
  [['site', 'set', '--default-board', 'No board'], '--default-board must be 1 to 32 characters'],
  [['site', 'set', '--logo', 'none', '--rev', '3'], '--rev is for the settings other than the logo.'],
  [['site', 'show', 'main'], 'The argument "main" is not expected.'],
])('%j is bad usage, and sends nothing', async (args, sentence) => {
  const { code, err } = await run(args)
  expect(code).toBe(2)
  expect(err).toContain(sentence)
  expect(standIn.asked).toEqual([])
})

test('a file that cannot be read fails before anything is sent', async () => {
  for (const option of ['--logo', '--privacy-file']) {
    const missing = join(folder, 'missing')
    expect(await run(['site', 'set', '--name', 'x', option, missing])).toMatchObject({
      code: 1,
      err: `${missing} could not be read (ENOENT).`,
    })
  }
  expect(standIn.asked).toEqual([])
})

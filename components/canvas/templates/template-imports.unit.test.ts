import { expect, test } from 'vitest'
import { defaultAppearance } from '../../../lib/templates/template.ts'
import { entryOf, type TemplateEntry } from '../../../lib/templates/template-entry.ts'
import type { ImportRequest, ImportResponse } from './import-messages.ts'
import { TemplateImports } from './template-imports.ts'
import { TemplateStore } from './template-store.ts'

const palette = ['#FFFFFF', '#000000']
const picture = {
  width: 4,
  height: 2,
  pixels: Uint16Array.from([0, 1, 0, 1, 2, 2, 2, 2]),
  foreign: [{ number: 2, rgb: 0x333333, cells: 4, nearest: 1 }],
}
const parts: TemplateEntry['picture'] = { kind: 'parts', parts: [{ bytes: new Uint8Array(1), x: 0, y: 0 }] }

const setUp = (entries: readonly TemplateEntry[] = [entryOf({ picture: parts })]) => {
  const store = new TemplateStore({ shelf: null, palette })
  const requests: ImportRequest[] = []
  const answers: ((response: ImportResponse) => void)[] = []
  const imports = new TemplateImports({
    store,
    request: (request) => {
      requests.push(request)
      if (request.kind !== 'decode') return Promise.resolve({ kind: 'entries', entries })
      return new Promise((resolve) => answers.push(resolve))
    },
    board: () => ({ width: 100, height: 50, palette }),
    middle: () => ({ x: 50, y: 25 }),
  })
  const until = async (isDone: () => boolean) => {
    while (!isDone()) await new Promise((resolve) => setImmediate(resolve))
  }
  const decoded: ImportResponse = { kind: 'decoded', template: { picture, scale: 1, solidScale: 1, isBitmap: false } }
  const importAll = async (name = 'cat.png') => {
    const reading = imports.readFile(new File(['x'], name))
    await until(() => answers.length > 0)
    answers.shift()?.(decoded)
    await reading
  }
  return {
    store,
    imports,
    requests,
    answers,
    decoded,
    importAll,
    until,
    draft: () => store.state.getState().draft,
    step: () => imports.state.getState().step,
  }
}

test('T1: a picture appears in the middle of the view, is named after its file, and is in the list when it is placed', async () => {
  const { importAll, draft, imports, store, step } = setUp()
  await importAll()
  expect(draft()).toMatchObject({ name: 'cat', x: 48, y: 24, isLocked: false })
  expect([...(draft()?.picture.cells ?? [])]).toEqual([0, 1, 0, 1, 1, 1, 1, 1])
  expect(store.state.getState().templates).toEqual([])
  expect(imports.place('Template')).toMatchObject({ name: 'cat', isLocked: true })
  expect(store.state.getState().templates).toHaveLength(1)
  expect([draft(), step()]).toEqual([null, 'idle'])
})

test.each([
  [
    { x: -3, y: 7 },
    { x: -3, y: 7 },
  ],
  [
    { x: 3_990, y: 5_020 },
    { x: 48, y: 24 },
  ],
  [
    { x: -4, y: 0 },
    { x: 48, y: 24 },
  ],
])('T6: the position of the file is used if the board has it: %j', async (at, expected) => {
  const { importAll, draft } = setUp([entryOf({ picture: parts, at })])
  await importAll()
  expect(draft()).toMatchObject(expected)
})

test('T15: a template moves by whole cells and stays on the board', async () => {
  const { importAll, imports, draft } = setUp()
  await importAll()
  imports.moveTo({ x: -400, y: 12.4 })
  expect(draft()).toMatchObject({ x: -3, y: 12 })
  imports.moveTo({ x: 400, y: 400 })
  expect(draft()).toMatchObject({ x: 99, y: 49 })
})

test('T15: a placed template is moved, or stays where it was when that is canceled', async () => {
  const { importAll, imports, store } = setUp()
  await importAll()
  const placed = imports.place('Template')
  if (!placed) throw new Error('not placed')
  imports.move(placed)
  imports.moveTo({ x: 1, y: 2 })
  imports.cancel()
  expect(store.state.getState().templates[0]).toMatchObject({ x: 48, y: 24, isLocked: true })
  imports.move(placed)
  imports.moveTo({ x: 1, y: 2 })
  imports.place('Template')
  expect(store.state.getState().templates).toMatchObject([{ x: 1, y: 2, isLocked: true }])
})

test('T6: a file with an address asks for the picture, and keeps the name, the position and the width', async () => {
  const address = { kind: 'address', address: 'https://a.example/b.png' } as const
  const entry = entryOf({ picture: address, name: 'Far', at: { x: 5, y: 6 }, columns: 2 })
  const { imports, requests, answers, decoded, until, draft, step } = setUp([entry])
  await imports.readText('link')
  expect(step()).toBe('asking')
  const choosing = imports.choose({ ...entry, picture: parts })
  await until(() => answers.length > 0)
  answers[0]?.(decoded)
  await choosing
  expect(requests.at(-1)).toMatchObject({ kind: 'decode', entry: { columns: 2 } })
  expect(draft()).toMatchObject({ name: 'Far', x: 5, y: 6 })
})

test('T1: what was canceled or replaced while it was decoded does not come back', async () => {
  const { imports, answers, decoded, until, draft, step } = setUp()
  const first = imports.readFile(new File(['x'], 'first.png'))
  await until(() => answers.length === 1)
  const second = imports.readFile(new File(['x'], 'second.png'))
  await until(() => answers.length === 2)
  answers[1]?.(decoded)
  await second
  answers[0]?.(decoded)
  await first
  expect(draft()?.name).toBe('second')
  const third = imports.readFile(new File(['x'], 'third.png'))
  await until(() => answers.length === 3)
  imports.cancel()
  answers[2]?.(decoded)
  await third
  expect([draft(), step()]).toEqual([null, 'idle'])
})

test('T5: choices of colors change what is placed', async () => {
  const { importAll, imports, draft } = setUp()
  await importAll()
  imports.setPlan({ choices: new Map([[2, 0]]), isMixed: false })
  expect([...(draft()?.picture.cells ?? [])]).toEqual([0, 1, 0, 1, 0, 0, 0, 0])
})

test('T11: a full list refuses another template before anything is read', async () => {
  const { store, imports, requests, draft } = setUp()
  const cells = { width: 1, height: 1, cells: Uint16Array.of(0) }
  for (let i = 0; i < 20; i++)
    store.add({ ...defaultAppearance, id: `t${i}`, name: '', x: 0, y: 0, picture: cells, source: { kind: 'device' } })
  await imports.readFile(new File(['x'], 'one.png'))
  expect(imports.state.getState()).toMatchObject({ step: 'problem', problem: { code: 'list_full' } })
  expect([requests.length, draft()]).toEqual([0, null])
})

test('T6: a file of several templates lets the painter choose one', async () => {
  const { imports, step } = setUp([entryOf({ picture: parts, name: 'a' }), entryOf({ picture: parts, name: 'b' })])
  await imports.readFile(new File(['x'], 'many.json'))
  expect(step()).toBe('choosing')
})

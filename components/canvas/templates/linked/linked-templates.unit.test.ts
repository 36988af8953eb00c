import { expect, onTestFinished, test, vi } from 'vitest'
import { createStore } from 'zustand/vanilla'
import { encodeTestPng } from '../../../../lib/png/png.fixture.ts'
import { defaultAppearance, type PlacedTemplate } from '../../../../lib/templates/template.ts'
import type { Answer } from '../../session/api.ts'
import type { SessionState } from '../../session/types.ts'
import { TemplateStore } from '../template-store.ts'
import { LinkedTemplates } from './linked-templates.ts'

const palette = ['#FFFFFF', '#FF0000', '#00FF00', '#0000FF']
const id = 'aaaaaaaaaaaaaaaa'
const connection = (state: 'live' | 'offline') => ({ state, sinceMs: 0, behindPixels: 0, partlyLive: null, loadedPercent: null })

interface Stored {
  readonly canvas: string
  readonly rev: number
  readonly name: string
  readonly x: number
  readonly y: number
  /** Of its single cell. */
  readonly color: number
}

const setUp = (saved: readonly PlacedTemplate[] = []) => {
  const server = { templates: new Map<string, Stored>(), isDown: false, asked: [] as string[] }
  const progress = { right: 3, wrong: 1, missing: 0, total: 4, etaMs: 60_000 }
  const problem = (code: 'not_found'): Answer<never> => ({ kind: 'problem', problem: { code, retryAfterMs: null } })
  const request = async (path: string): Promise<Answer<unknown>> => {
    server.asked.push(path)
    await Promise.resolve()
    if (server.isDown) return { kind: 'unreachable', retryAfterMs: null, problem: null }
    const [, asked = '', part = ''] = /^\/api\/templates\/([^/?]+)\/?([a-z]*)/.exec(path) ?? []
    const found = server.templates.get(asked)
    if (!found) return problem('not_found')
    const { color, ...info } = found
    if (part === 'progress') return { kind: 'ok', value: { id: asked, rev: found.rev, counted: true, ...progress } }
    if (part !== 'picture') return { kind: 'ok', value: { id: asked, ...info, width: 1, height: 1, by: { id: 'p_owner', name: 'Guest' } } }
    if (!path.endsWith(`?rev=${found.rev}`)) return problem('not_found')
    const rgb = Number.parseInt((palette[color] ?? '').slice(1), 16)
    const png = encodeTestPng({ width: 1, height: 1, kind: 'rgb', depth: 8, samples: [rgb >> 16, (rgb >> 8) & 255, rgb & 255] })
    return { kind: 'ok', value: new Uint8Array(png) }
  }
  const sessionStore = createStore<SessionState>(
    () => ({ canvas: { id: 'main', palette }, connection: connection('live'), changedTemplate: null }) as unknown as SessionState,
  )
  const notices: string[] = []
  const store = new TemplateStore({ shelf: null, palette })
  for (const template of saved) store.add(template)
  vi.useFakeTimers()
  let ids = 0
  const linked = new LinkedTemplates({
    session: { store: sessionStore, request, notify: ({ code }) => notices.push(code) },
    store,
    canvasId: 'main',
    newId: () => `local${ids++}`,
    isHidden: () => false,
    timers: { set: (callback, ms) => setTimeout(callback, ms) as unknown as number, clear: (timer) => clearTimeout(timer) },
  })
  onTestFinished(() => {
    linked.dispose()
    vi.useRealTimers()
  })
  const announce = (rev: number | null) => sessionStore.setState({ changedTemplate: { id, rev } })
  const settle = (ms = 10) => vi.advanceTimersByTimeAsync(ms)
  const templates = () => store.state.getState().templates
  return { server, sessionStore, notices, store, linked, announce, settle, templates }
}

const stored = (changes: Partial<Stored> = {}): Stored => ({ canvas: 'main', rev: 1, name: 'Dragon', x: 3, y: 4, color: 1, ...changes })

test('T16 a link adds its template, and a second time shows the same one', async () => {
  const { server, linked, notices, templates, settle } = setUp()
  server.templates.set(id, stored())
  const opened = await linked.open(id)
  expect(opened).toMatchObject({ name: 'Dragon', x: 3, y: 4, source: { kind: 'link', id, rev: 1 }, ...defaultAppearance })
  expect([...(opened?.picture.cells ?? [])]).toEqual([1])
  expect(await linked.open(id)).toBe(templates()[0])
  expect([templates().length, notices]).toEqual([1, []])
  await settle()
  expect(linked.state.getState().progress.get(id)).toMatchObject({ figures: { right: 3, total: 4 }, etaMs: 60_000 })
  expect(linked.state.getState().infos.get(id)).toMatchObject({ by: 'p_owner' })
})

test.each([
  ['removed', id, null, 'template_gone'],
  ['nonsense', '<script>', null, 'template_gone'],
  ['foreign', id, stored({ canvas: 'other' }), 'template_elsewhere'],
] as const)('T16 a %s link has its sentence', async (_, link, template, code) => {
  const { server, linked, notices, templates } = setUp()
  if (template) server.templates.set(id, template)
  expect(await linked.open(link)).toBe(null)
  expect([notices, templates()]).toEqual([[code], []])
})

test('T16 a link that cannot be loaded, and one for which there is no room, have their sentences', async () => {
  const many = Array.from(
    { length: 20 },
    (_, n): PlacedTemplate => ({
      ...{ id: `own${n}`, name: 'Own', x: 0, y: 0, source: { kind: 'device' }, ...defaultAppearance },
      picture: { width: 1, height: 1, cells: Uint16Array.of(1) },
    }),
  )
  const { server, linked, notices } = setUp(many)
  server.templates.set(id, stored())
  server.isDown = true
  await linked.open(id)
  server.isDown = false
  await linked.open(id)
  expect(notices).toEqual(['template_unloaded', 'template_full'])
})

test('T16 a new revision arrives, and look, opacity and place in the list stay', async () => {
  const { server, linked, announce, store, templates, settle } = setUp()
  server.templates.set(id, stored())
  const opened = await linked.open(id)
  store.update(opened?.id ?? '', { look: 'symbols', opacity: 0.9, isVisible: false })
  server.templates.set(id, stored({ rev: 2, name: 'Cat', x: -1, color: 2 }))
  announce(2)
  await settle()
  const [template] = templates()
  expect(template).toMatchObject({ id: opened?.id, name: 'Cat', x: -1, look: 'symbols', opacity: 0.9, isVisible: false })
  expect([template?.source, [...(template?.picture.cells ?? [])]]).toEqual([{ kind: 'link', id, rev: 2 }, [2]])
})

test('T16 an announcement of another template, or of a known revision, asks for nothing', async () => {
  const { server, linked, announce, sessionStore, settle } = setUp()
  server.templates.set(id, stored())
  await linked.open(id)
  await settle()
  server.asked.length = 0
  announce(1)
  sessionStore.setState({ changedTemplate: { id: 'bbbbbbbbbbbbbbbb', rev: 9 } })
  await settle()
  expect(server.asked).toEqual([])
})

test('T16 revisions that come while one is loaded are not lost', async () => {
  const { server, linked, announce, templates, settle } = setUp()
  server.templates.set(id, stored())
  await linked.open(id)
  server.templates.set(id, stored({ rev: 2 }))
  announce(2)
  server.templates.set(id, stored({ rev: 3, color: 3 }))
  announce(3)
  await settle(3_000)
  expect(templates()[0]?.source).toEqual({ kind: 'link', id, rev: 3 })
})

test('T16 a change that was missed is found after a reconnection, and by the progress', async () => {
  const { server, linked, sessionStore, templates, settle } = setUp()
  server.templates.set(id, stored())
  await linked.open(id)
  sessionStore.setState({ connection: connection('offline') })
  server.templates.set(id, stored({ rev: 2 }))
  sessionStore.setState({ connection: connection('live') })
  await settle()
  expect(templates()[0]?.source).toMatchObject({ rev: 2 })
  server.templates.set(id, stored({ rev: 3 }))
  await settle(6_000)
  expect(templates()[0]?.source).toMatchObject({ rev: 3 })
})

test('T16 followers of a removed template keep a copy on their device', async () => {
  const { server, linked, announce, notices, templates, settle } = setUp()
  server.templates.set(id, stored())
  await linked.open(id)
  server.templates.delete(id)
  announce(null)
  await settle()
  expect([templates()[0]?.source, templates()[0]?.name, notices]).toEqual([{ kind: 'device' }, 'Dragon', ['template_removed']])
})

test('T16 a server that is away changes nothing, and a saved template is brought up to date with the next page', async () => {
  const first = setUp()
  first.server.templates.set(id, stored())
  const saved = await first.linked.open(id)
  const { server, templates, settle, notices } = setUp(saved ? [saved] : [])
  server.isDown = true
  server.templates.set(id, stored({ rev: 2, name: 'Cat' }))
  await settle()
  expect([templates()[0]?.name, notices]).toEqual(['Dragon', []])
  server.isDown = false
  await settle(2_100)
  expect(templates()[0]?.name).toBe('Cat')
})

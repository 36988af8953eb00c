/**
 * Follows templates by link: loads the one of the page's address, takes over each new revision, and asks the server for the progress. What a follower has
 * chosen, such as the look, stays. When a template was removed, the followers keep their copies.
 */
import { createStore, type StoreApi } from 'zustand/vanilla'
import { defaultAppearance, type PlacedTemplate, templateLimits } from '../../../../lib/templates/template.ts'
import { isLive } from '../../session/connection-info.ts'
import type { Session } from '../../session/types.ts'
import type { TemplateStore } from '../template-store.ts'
import { cellsOfPng, type LinkedInfo, type LinkedProgress, readLinkedInfo, readLinkedProgress } from './read-linked.ts'

export interface LinkedState {
  /** What the server says, by the id of the link. */
  readonly infos: ReadonlyMap<string, LinkedInfo>
  readonly progress: ReadonlyMap<string, LinkedProgress>
}

export interface LinkedTemplatesOptions {
  readonly session: Pick<Session, 'store' | 'request' | 'notify'>
  readonly store: Pick<TemplateStore, 'state' | 'add' | 'update'>
  readonly canvasId: string
  readonly newId: () => string
  readonly isHidden: () => boolean
  readonly timers: { set(callback: () => void, delayMs: number): number; clear(timer: number): void }
}

const progressEveryMs = 5_000
/** After a revision could not be loaded. */
const againMs = 2_000
const linkPattern = /^[a-z2-7]{16}$/

const pathOf = (id: string) => `/api/templates/${id}`

interface Found {
  readonly kind: 'loaded'
  readonly info: LinkedInfo
  readonly change: Pick<PlacedTemplate, 'name' | 'x' | 'y' | 'picture' | 'source'>
}
type Loaded = Found | { readonly kind: 'gone' } | { readonly kind: 'failed' } | { readonly kind: 'elsewhere' }

export class LinkedTemplates {
  readonly state: StoreApi<LinkedState> = createStore<LinkedState>(() => ({ infos: new Map(), progress: new Map() }))
  readonly #options: LinkedTemplatesOptions
  readonly #stops: (() => void)[]
  /** Links that are being loaded. */
  readonly #loading = new Set<string>()
  /** Links that changed while they were being loaded. */
  readonly #again = new Set<string>()
  readonly #timers = new Set<number>()
  #isDisposed = false

  constructor(options: LinkedTemplatesOptions) {
    this.#options = options
    const { session } = options
    this.#stops = [
      session.store.subscribe((state, before) => {
        const { changedTemplate } = state
        if (changedTemplate && changedTemplate !== before.changedTemplate) void this.#changed(changedTemplate)
        // A change may have been missed.
        if (isLive(state.connection) && !isLive(before.connection)) this.#refreshAll()
      }),
    ]
    this.#refreshAll()
    this.#pollProgress()
  }

  /** Adds the template of a link, or selects it if it is there already. Returns where it is; null, with a notice, if there is none. */
  async open(id: string): Promise<PlacedTemplate | null> {
    const { store, session, newId } = this.#options
    const known = this.#of(id)[0]
    if (known) return known
    const loaded: Loaded = linkPattern.test(id) ? await this.#load(id) : { kind: 'gone' }
    if (this.#isDisposed) return null
    if (loaded.kind !== 'loaded') {
      const codes = { gone: 'template_gone', failed: 'template_unloaded', elsewhere: 'template_elsewhere' } as const
      session.notify({ kind: 'error', code: codes[loaded.kind] })
      return null
    }
    const template: PlacedTemplate = { ...defaultAppearance, id: newId(), ...loaded.change }
    if (store.state.getState().templates.length >= templateLimits.maxTemplates || !store.add(template)) {
      session.notify({ kind: 'error', code: 'template_full' })
      return null
    }
    this.#note(loaded.info)
    void this.#readProgress(id)
    return template
  }

  /** The server has a template as this page has just sent it. */
  sent(info: LinkedInfo) {
    this.#note(info)
    void this.#readProgress(info.id)
  }

  /** This painter has removed a template. */
  forget(id: string) {
    for (const template of this.#of(id)) this.#options.store.update(template.id, { source: { kind: 'device' } })
  }

  dispose() {
    this.#isDisposed = true
    for (const stop of this.#stops) stop()
    for (const timer of this.#timers) this.#options.timers.clear(timer)
  }

  #links(): string[] {
    return [...new Set(this.#options.store.state.getState().templates.flatMap(({ source }) => (source.kind === 'link' ? [source.id] : [])))]
  }

  #of(id: string): PlacedTemplate[] {
    return this.#options.store.state.getState().templates.filter(({ source }) => source.kind === 'link' && source.id === id)
  }

  #refreshAll() {
    for (const id of this.#links()) void this.#refresh(id)
  }

  async #changed({ id, rev }: { readonly id: string; readonly rev: number | null }) {
    const isOld = (template: PlacedTemplate) => template.source.kind === 'link' && (rev === null || template.source.rev < rev)
    if (this.#of(id).some(isOld)) await this.#refresh(id)
  }

  async #refresh(id: string) {
    if (this.#loading.has(id)) return void this.#again.add(id)
    this.#loading.add(id)
    const loaded = await this.#load(id)
    this.#loading.delete(id)
    if (this.#isDisposed) return
    if (loaded.kind === 'gone' || loaded.kind === 'elsewhere') this.#gone(id)
    else if (loaded.kind === 'failed') this.#after(againMs, () => void this.#refresh(id))
    else {
      this.#note(loaded.info)
      for (const template of this.#of(id)) {
        if (template.source.kind === 'link' && template.source.rev !== loaded.info.rev)
          this.#options.store.update(template.id, loaded.change)
      }
    }
    if (this.#again.delete(id)) void this.#refresh(id)
  }

  #gone(id: string) {
    if (this.#of(id).length === 0) return
    this.forget(id)
    this.#options.session.notify({ kind: 'info', code: 'template_removed' })
  }

  /** The picture is loaded only if this page lacks it. */
  async #load(id: string): Promise<Loaded> {
    const { session, canvasId } = this.#options
    const answer = await session.request(pathOf(id), { cache: 'no-cache' }, 'json')
    const info = answer.kind === 'ok' ? readLinkedInfo(answer.value) : null
    if (!info) return { kind: answer.kind === 'problem' && answer.problem.code === 'not_found' ? 'gone' : 'failed' }
    if (info.canvas !== canvasId) return { kind: 'elsewhere' }
    const known = this.#of(id).find(({ source }) => source.kind === 'link' && source.rev === info.rev)
    const picture = known?.picture ?? (await this.#loadPicture(info))
    if (!picture) return { kind: 'failed' }
    const { name, x, y, rev } = info
    return { kind: 'loaded', info, change: { name, x, y, picture, source: { kind: 'link', id, rev } } }
  }

  async #loadPicture({ id, rev }: LinkedInfo) {
    const { session } = this.#options
    const answer = await session.request(`${pathOf(id)}/picture.png?rev=${rev}`, {}, 'bytes')
    const { canvas } = session.store.getState()
    if (answer.kind !== 'ok' || !canvas || !(answer.value instanceof Uint8Array)) return null
    try {
      return cellsOfPng(answer.value, canvas.palette)
    } catch {
      return null
    }
  }

  #note(info: LinkedInfo) {
    this.state.setState(({ infos }) => ({ infos: new Map([...infos, [info.id, info]]) }))
  }

  async #readProgress(id: string) {
    const answer = await this.#options.session.request(`${pathOf(id)}/progress`, { cache: 'no-cache' }, 'json')
    const progress = answer.kind === 'ok' ? readLinkedProgress(answer.value) : null
    if (!progress || this.#isDisposed) return
    this.state.setState((state) => ({ progress: new Map([...state.progress, [id, progress]]) }))
    // An announcement that did not arrive.
    await this.#changed({ id, rev: progress.rev })
  }

  #pollProgress() {
    if (!this.#options.isHidden()) for (const id of this.#links()) void this.#readProgress(id)
    this.#after(progressEveryMs, () => this.#pollProgress())
  }

  #after(delayMs: number, act: () => void) {
    if (this.#isDisposed) return
    const timer = this.#options.timers.set(() => {
      this.#timers.delete(timer)
      if (!this.#isDisposed) act()
    }, delayMs)
    this.#timers.add(timer)
  }
}

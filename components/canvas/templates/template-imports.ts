/** From a file or a link to a template on the board: read, decoded, moved where it belongs, and placed. Nothing is saved before that. */
import { createStore, type StoreApi } from 'zustand/vanilla'
import { type ColorPlan, planColors } from '../../../lib/templates/color-plan.ts'
import type { DecodedTemplate } from '../../../lib/templates/decode-entry.ts'
import { maxFileMiB } from '../../../lib/templates/read-template-file.ts'
import { defaultAppearance, keepOnBoard, type PlacedTemplate, templateLimits } from '../../../lib/templates/template.ts'
import type { TemplateEntry } from '../../../lib/templates/template-entry.ts'
import type { TemplateProblem } from '../../../lib/templates/template-problem.ts'
import type { ImportRequest, ImportResponse } from './import-messages.ts'
import { newKey } from './template-shelf.ts'
import type { TemplateStore } from './template-store.ts'

export type ImportState =
  | { readonly step: 'idle' }
  | { readonly step: 'reading'; readonly file: string }
  /** The file has several templates. */
  | { readonly step: 'choosing'; readonly file: string; readonly entries: readonly TemplateEntry[] }
  /** The picture is on another site, and the painter has to choose its file. */
  | { readonly step: 'asking'; readonly entry: TemplateEntry }
  | { readonly step: 'problem'; readonly file: string; readonly problem: TemplateProblem; readonly asked: TemplateEntry | null }
  | {
      readonly step: 'placing'
      readonly file: string
      readonly entry: TemplateEntry
      readonly decoded: DecodedTemplate
      readonly plan: ColorPlan
    }

export interface TemplateImportsOptions {
  readonly store: TemplateStore
  readonly request: (request: ImportRequest) => Promise<ImportResponse>
  readonly board: () => { readonly width: number; readonly height: number; readonly palette: readonly string[] }
  /** The board point in the middle of the window. */
  readonly middle: () => { readonly x: number; readonly y: number }
}

const idle: ImportState = { step: 'idle' }
const plainPlan: ColorPlan = { choices: new Map(), isMixed: false }

export class TemplateImports {
  readonly state: StoreApi<ImportState> = createStore<ImportState>(() => idle)
  /** Shows the picture in its own colors while it is placed. */
  readonly original: StoreApi<{ readonly isShown: boolean }> = createStore(() => ({ isShown: false }))
  readonly #options: TemplateImportsOptions
  /** The newest act. Answers to older ones are ignored. */
  #run = 0

  constructor(options: TemplateImportsOptions) {
    this.#options = options
  }

  async readFile(file: Blob & { readonly name?: string }) {
    const name = file.name ?? ''
    await this.#read(name, async () => {
      if (file.size > maxFileMiB * 2 ** 20) return { kind: 'problem', problem: { code: 'file_too_large', maxMiB: maxFileMiB } }
      return this.#options.request({ kind: 'file', bytes: new Uint8Array(await file.arrayBuffer()) })
    })
  }

  async readText(text: string) {
    await this.#read('', () => this.#options.request({ kind: 'text', text }))
  }

  /** Goes on with one template of the file. */
  async choose(entry: TemplateEntry, file = '') {
    if (entry.picture.kind === 'address') return this.#show({ step: 'asking', entry })
    await this.#decode(entry, file)
  }

  /** Decodes the picture again at another scale. */
  async setScale(scale: number) {
    const state = this.state.getState()
    if (state.step === 'placing') await this.#decode(state.entry, state.file, scale)
  }

  setPlan(plan: ColorPlan) {
    const state = this.state.getState()
    const { draft } = this.#options.store.state.getState()
    if (state.step !== 'placing' || !draft) return
    this.state.setState({ ...state, plan }, true)
    this.#options.store.setDraft({ ...draft, picture: planColors(state.decoded.picture, plan, this.#options.board().palette) })
  }

  rename(name: string) {
    const { draft } = this.#options.store.state.getState()
    if (draft) this.#options.store.setDraft({ ...draft, name: shortened(name) })
  }

  moveTo(position: { readonly x: number; readonly y: number }) {
    const { draft } = this.#options.store.state.getState()
    if (!draft) return
    const { x, y } = keepOnBoard(position, draft.picture, this.#options.board())
    if (x !== draft.x || y !== draft.y) this.#options.store.setDraft({ ...draft, x, y })
  }

  /** Moves a template that was placed before. */
  move(template: PlacedTemplate) {
    this.#show(idle)
    this.#options.store.setDraft({ ...template, isLocked: false, isVisible: true })
  }

  /** Returns what was placed; null if the list is full. */
  place(fallbackName: string): PlacedTemplate | null {
    const { store } = this.#options
    const { draft, templates } = store.state.getState()
    if (!draft) return null
    const placed = { ...draft, name: draft.name.trim() || fallbackName, isLocked: true }
    const isNew = templates.every(({ id }) => id !== placed.id)
    if (isNew && !store.add(placed)) {
      store.setDraft(null)
      this.#show({ step: 'problem', file: placed.name, problem: { code: 'list_full' }, asked: null })
      return null
    }
    if (!isNew) store.update(placed.id, { x: placed.x, y: placed.y, isLocked: true, isVisible: true })
    store.setDraft(null)
    this.#show(idle)
    return placed
  }

  cancel() {
    this.#options.store.setDraft(null)
    this.#show(idle)
  }

  async #read(file: string, read: () => Promise<ImportResponse>) {
    const before = this.state.getState()
    const asked = before.step === 'asking' ? before.entry : before.step === 'problem' ? before.asked : null
    this.#options.store.setDraft(null)
    const run = this.#show({ step: 'reading', file })
    const { templates } = this.#options.store.state.getState()
    if (templates.length >= templateLimits.maxTemplates) return this.#fail(file, { code: 'list_full' }, null)
    const response = await read().catch((): ImportResponse => ({ kind: 'problem', problem: { code: 'unknown_file' } }))
    if (run !== this.#run) return
    if (response.kind === 'problem') return this.#fail(file, response.problem, asked)
    const entries = response.kind === 'entries' ? response.entries : []
    const [first] = entries
    if (!first) return this.#fail(file, { code: 'no_picture' }, asked)
    if (entries.length > 1) return void this.#show({ step: 'choosing', file, entries })
    const isAsked = asked && first.picture.kind === 'parts' && first.name === '' && first.at === null
    await this.choose(isAsked ? { ...asked, picture: first.picture } : first, file)
  }

  async #decode(entry: TemplateEntry, file: string, scale?: number) {
    const before = this.#options.store.state.getState().draft
    const run = scale === undefined ? this.#show({ step: 'reading', file }) : ++this.#run
    const { palette } = this.#options.board()
    const response = await this.#options.request({ kind: 'decode', entry, palette, ...(scale === undefined ? {} : { scale }) })
    if (run !== this.#run) return
    if (response.kind === 'problem') return this.#fail(file, response.problem, null)
    if (response.kind !== 'decoded') return
    this.#show({ step: 'placing', file, entry, decoded: response.template, plan: plainPlan })
    this.#draft(response.template, { entry, file, before })
  }

  #draft(
    { picture: decoded }: DecodedTemplate,
    { entry, file, before }: { entry: TemplateEntry; file: string; before: PlacedTemplate | null },
  ) {
    const { board, middle, store } = this.#options
    const picture = planColors(decoded, plainPlan, board().palette)
    const center = middle()
    const inView = { x: Math.round(center.x - picture.width / 2), y: Math.round(center.y - picture.height / 2) }
    // A file of another site may name a position that this board does not have.
    const named = entry.at && isKept(entry.at, keepOnBoard(entry.at, picture, board())) ? entry.at : null
    store.setDraft({
      ...defaultAppearance,
      id: newKey(),
      name: before?.name ?? shortened(entry.name || file.replace(/\.[^.]{1,8}$/, '')),
      ...(named ?? keepOnBoard(inView, picture, board())),
      picture,
      source: { kind: 'device' },
      isLocked: false,
    })
  }

  #fail(file: string, problem: TemplateProblem, asked: TemplateEntry | null) {
    this.#options.store.setDraft(null)
    this.#show({ step: 'problem', file, problem, asked })
  }

  #show(state: ImportState): number {
    this.state.setState(state, true)
    return ++this.#run
  }
}

const isKept = (a: { x: number; y: number }, b: { x: number; y: number }) => a.x === b.x && a.y === b.y

const shortened = (name: string) => [...name.replaceAll(/\s+/g, ' ')].slice(0, templateLimits.maxName).join('')

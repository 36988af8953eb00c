/** The templates of one board in this browser. The order of the list is their priority. Each change is saved at once, in the background. */
import { createStore, type StoreApi } from 'zustand/vanilla'
import { recolorPicture } from '../../../lib/templates/recolor-picture.ts'
import { type PlacedTemplate, templateLimits } from '../../../lib/templates/template.ts'
import type { ShelfChange, TemplateShelf } from './template-shelf.ts'

export interface TemplateState {
  /** False until the saved templates are read. */
  readonly isLoaded: boolean
  readonly templates: readonly PlacedTemplate[]
  /** The template that is being placed or moved. With the id of a listed one, it is that one. Not saved. */
  readonly draft: PlacedTemplate | null
  /** The template that the card shows. */
  readonly selectedId: string | null
  /** The template that was deleted last, to bring it back. */
  readonly removed: { readonly template: PlacedTemplate; readonly index: number } | null
  /** `full` and `none`: the browser has no room, or forbids storing, so changes are kept until the page is closed. */
  readonly storage: 'saved' | 'full' | 'none'
  /** Saved templates that only a newer version of the page can read. */
  readonly unreadable: number
}

export interface TemplateStoreOptions {
  /** Null if this browser does not store. */
  readonly shelf: TemplateShelf | null
  readonly palette: readonly string[]
  /** Tells other pages of this browser that the saved templates have changed. */
  readonly onSaved?: () => void
}

/** What is drawn on the board, in the order of priority. The draft is drawn by the page, where it can be moved. */
export const shownTemplates = ({ templates, draft }: Pick<TemplateState, 'templates' | 'draft'>): readonly PlacedTemplate[] =>
  templates.filter(({ id, isVisible }) => isVisible && id !== draft?.id)

/** The template of the card: the selected one, or else the first. */
export const selectedTemplate = ({ templates, selectedId }: Pick<TemplateState, 'templates' | 'selectedId'>): PlacedTemplate | null =>
  templates.find(({ id }) => id === selectedId) ?? templates[0] ?? null

export class TemplateStore {
  readonly state: StoreApi<TemplateState>
  readonly #options: TemplateStoreOptions
  #palette: readonly string[]
  /** The list as it was last loaded or saved. */
  #stored: readonly PlacedTemplate[]
  #saving: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(options: TemplateStoreOptions) {
    this.#options = options
    this.#palette = options.palette
    this.state = createStore<TemplateState>(() => ({
      isLoaded: options.shelf === null,
      templates: [],
      draft: null,
      selectedId: null,
      removed: null,
      storage: options.shelf === null ? 'none' : 'saved',
      unreadable: 0,
    }))
    this.#stored = this.state.getState().templates
  }

  /** Adds it as the first, and selects it. Returns false if the list is full. */
  add(template: PlacedTemplate, index = 0): boolean {
    const { templates } = this.state.getState()
    if (templates.length >= templateLimits.maxTemplates) return false
    this.#setList(templates.toSpliced(index, 0, template), { selectedId: template.id, removed: null })
    return true
  }

  update(id: string, change: Partial<Omit<PlacedTemplate, 'id'>>) {
    const { templates } = this.state.getState()
    if (!templates.some((template) => template.id === id)) return
    this.#setList(templates.map((template) => (template.id === id ? { ...template, ...change } : template)))
  }

  remove(id: string) {
    const { templates, draft } = this.state.getState()
    const index = templates.findIndex((template) => template.id === id)
    const template = templates[index]
    if (!template) return
    this.#setList(templates.toSpliced(index, 1), { removed: { template, index }, ...(draft?.id === id ? { draft: null } : {}) })
  }

  /** Brings the template back that was deleted last. */
  restore() {
    const { removed } = this.state.getState()
    if (removed) this.add(removed.template, removed.index)
  }

  /** Moves it to another place in the list. */
  move(id: string, index: number) {
    const { templates } = this.state.getState()
    const moved = templates.find((template) => template.id === id)
    if (!moved) return
    const others = templates.filter((template) => template.id !== id)
    this.#setList(others.toSpliced(Math.min(others.length, Math.max(0, index)), 0, moved))
  }

  select(id: string | null) {
    this.state.setState({ selectedId: id })
  }

  setDraft(draft: PlacedTemplate | null) {
    this.state.setState({ draft })
  }

  /** The board has other colors, for example because it was started over. */
  setPalette(palette: readonly string[]) {
    const before = this.#palette
    if (before.join() === palette.join()) return
    this.#palette = palette
    const recolor = (template: PlacedTemplate): PlacedTemplate => {
      const picture = recolorPicture(template.picture, before, palette)
      return picture === template.picture ? template : { ...template, picture }
    }
    const { templates, draft } = this.state.getState()
    this.#setList(templates.map(recolor), { draft: draft && recolor(draft) })
  }

  /** Reads what is saved, after what has changed here is saved. */
  reload(): Promise<void> {
    return this.#enqueue(async (shelf) => {
      await this.#saveChange(shelf)
      const { templates, unreadable } = await shelf.load(this.#palette)
      const before = this.state.getState()
      // A change that was made while reading is not saved yet. Its save is queued behind this.
      if (before.templates !== this.#stored) {
        void this.reload()
        return
      }
      this.#stored = templates
      this.state.setState({ isLoaded: true, templates, unreadable })
    })
  }

  /** Resolves after all changes so far are saved, or could not be. */
  settled(): Promise<void> {
    return this.#saving
  }

  async close() {
    this.#isClosed = true
    await this.#saving
    this.#options.shelf?.close()
  }

  #setList(templates: readonly PlacedTemplate[], more: Partial<TemplateState> = {}) {
    this.state.setState({ templates, ...more })
    void this.#enqueue((shelf) => this.#saveChange(shelf))
  }

  #enqueue(work: (shelf: TemplateShelf) => Promise<void>): Promise<void> {
    const { shelf } = this.#options
    if (!shelf || this.#isClosed) return Promise.resolve()
    this.#saving = this.#saving.then(() => work(shelf)).catch((error: unknown) => this.#failed(error))
    return this.#saving
  }

  async #saveChange(shelf: TemplateShelf) {
    const { templates } = this.state.getState()
    if (templates === this.#stored) return
    await shelf.save(changeBetween(this.#stored, templates), this.#palette)
    this.#stored = templates
    this.state.setState({ storage: 'saved' })
    this.#options.onSaved?.()
  }

  #failed(error: unknown) {
    const isFull = error instanceof DOMException && error.name === 'QuotaExceededError'
    this.state.setState({ isLoaded: true, storage: isFull ? 'full' : 'none' })
  }
}

const changeBetween = (before: readonly PlacedTemplate[], after: readonly PlacedTemplate[]): ShelfChange => {
  const ids = new Set(after.map(({ id }) => id))
  return {
    changed: after.flatMap((template, order) => (before[order] === template ? [] : [{ template, order }])),
    removedIds: before.flatMap(({ id }) => (ids.has(id) ? [] : [id])),
  }
}

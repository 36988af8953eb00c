/**
 * What a host has typed over one revision of a board or of the site, and how it is saved. A save over a change of somebody else is
 * refused first, and shows what changed meanwhile.
 */
import type { Problem } from '../../lib/words/operations-words.ts'
import { bodyOf, type RequestResult } from './send-request.ts'

export interface Draft<Item, Typed, Field, Difference> {
  /** The revision that the host had when typing began. */
  readonly base: Item
  readonly typed: Typed
  readonly wrong: readonly Field[]
  /** The parts of a field that the server refused, such as the steps of a schedule. */
  readonly wrongParts: readonly string[]
  /** How often a save found wrong fields. */
  readonly attempts: number
  /** What somebody else changed before the last save, which was refused. */
  readonly meanwhile: readonly Difference[] | null
  readonly problem: Problem | null
}

/** How the typed values of a board or of the site become a change. */
export interface DraftKind<Item, Typed, Field, Difference> {
  /** Whether what is shown differs from the base, even if it means the same. */
  isTouched(base: Item, typed: Typed): boolean
  isSameRevision(one: Item, other: Item): boolean
  wrongFields(base: Item, typed: Typed): Field[]
  editedFields(base: Item, typed: Typed): Field[]
  /** The edited fields as the server gets them. */
  changeOf(base: Item, typed: Typed): object
  differencesOf(before: Item, after: Item): Difference[]
  /** What a refusal of the server is about. */
  refusedFields(paths: readonly string[]): Field[]
  refusedParts(base: Item, typed: Typed, paths: readonly string[]): string[]
}

/** Where a draft is kept, and where it is sent. */
export interface DraftPlace<Item, Kept> {
  readonly path: string
  get(): Kept | null
  set(draft: Kept | null): void
  send(path: string, init: RequestInit): Promise<RequestResult>
  /** The newest revision; null if it cannot be loaded. */
  reload(): Promise<Item | null>
  /** Shows the revision that a save made. */
  show(item: Item): void
  onSaving(isSaving: boolean): void
  onSaved(): void
}

export const newDraft = <Item, Typed>(base: Item, typed: Typed) => ({
  base,
  typed,
  wrong: [],
  wrongParts: [],
  attempts: 0,
  meanwhile: null,
  problem: null,
})

/** The draft after typing; null if every field is as it was. */
export const withTyped = <Item, Typed, Field extends keyof Typed, Difference>(
  { isTouched }: Pick<DraftKind<Item, Typed, Field, Difference>, 'isTouched'>,
  { base, wrong, ...draft }: Draft<Item, Typed, Field, Difference>,
  edit: { readonly field: Field; readonly value: Typed[Field] },
): Draft<Item, Typed, Field, Difference> | null => {
  const typed = { ...draft.typed, [edit.field]: edit.value }
  return isTouched(base, typed) ? { ...draft, base, typed, wrong: wrong.filter((field) => field !== edit.field) } : null
}

/** Saves one draft. */
export class DraftSaver<Item extends { readonly rev: number }, Typed extends object, Field, Difference> {
  readonly #kind: DraftKind<Item, Typed, Field, Difference>
  readonly #place: DraftPlace<Item, Draft<Item, Typed, Field, Difference>>

  constructor(kind: DraftKind<Item, Typed, Field, Difference>, place: DraftPlace<Item, Draft<Item, Typed, Field, Difference>>) {
    this.#kind = kind
    this.#place = place
  }

  /** The caller lets no second save begin before the end of the first. */
  async save() {
    const draft = this.#place.get()
    if (!draft) return
    const wrong = this.#kind.wrongFields(draft.base, draft.typed)
    if (wrong.length > 0) return this.#place.set({ ...draft, wrong, attempts: draft.attempts + 1, problem: null })
    this.#place.onSaving(true)
    const isAgain = await this.#send(draft)
    const newer = this.#place.get()
    if (isAgain && newer) await this.#send(newer)
    this.#place.onSaving(false)
  }

  /** Whether to send the draft again. */
  async #send({ base, typed }: Draft<Item, Typed, Field, Difference>): Promise<boolean> {
    const headers = { 'content-type': 'application/json', 'if-match': `"${base.rev}"` }
    const body = JSON.stringify(this.#kind.changeOf(base, typed))
    const result = await this.#place.send(this.#place.path, { method: 'PATCH', headers, body })
    const item = result.kind === 'ok' ? await bodyOf<Item>(result.response) : null
    if (item) {
      this.#place.show(item)
      this.#onSaved(typed, item)
    } else if (result.kind === 'ok') this.#onRefused({ kind: 'no_answer' })
    else if (result.code === 'stale_rev') return this.#onStale(typed, result.problem)
    else this.#onRefused(result.problem)
    return false
  }

  /** Keeps what the host typed while the change was on its way. */
  #onSaved(sent: Typed, item: Item) {
    const typed = this.#place.get()?.typed ?? {}
    const rest = Object.fromEntries(Object.entries(typed).filter(([field, value]) => value !== sent[field as keyof Typed])) as Typed
    this.#place.set(this.#kind.editedFields(item, rest).length > 0 ? newDraft(item, rest) : null)
    this.#place.onSaved()
  }

  /** Whether to send the draft again, because nothing that the form shows has changed meanwhile. */
  async #onStale(sent: Typed, problem: Problem): Promise<boolean> {
    const theirs = await this.#place.reload()
    const draft = this.#place.get()
    if (!draft) return false
    if (!theirs || this.#kind.isSameRevision(theirs, draft.base)) {
      this.#place.set({ ...draft, problem })
      return false
    }
    // The answer to an earlier save was lost, or somebody else made the same change.
    if (this.#kind.wrongFields(theirs, sent).length === 0 && Object.keys(this.#kind.changeOf(theirs, sent)).length === 0) {
      this.#onSaved(sent, theirs)
      return false
    }
    const meanwhile = this.#kind.differencesOf(draft.base, theirs)
    this.#place.set({ ...newDraft(theirs, draft.typed), meanwhile: meanwhile.length > 0 ? meanwhile : null })
    return meanwhile.length === 0
  }

  #onRefused(problem: Problem) {
    const draft = this.#place.get()
    if (!draft) return
    const paths = problem.kind === 'refused' ? problem.fields : []
    const wrongParts = this.#kind.refusedParts(draft.base, draft.typed, paths)
    this.#place.set({ ...draft, wrong: this.#kind.refusedFields(paths), wrongParts, attempts: draft.attempts + 1, problem })
  }
}

/**
 * The settings of the site, and what a host has typed. A draft keeps the settings that the host had when typing began, so that a save over a change of
 * somebody else is refused. Settings that arrive later change fields that nobody touched, and never a draft.
 */
import { createStore } from 'zustand/vanilla'
import type { ShownSite } from '../../../lib/site.ts'
import type { Problem } from '../../../lib/words/operations-words.ts'
import type { RequestResult, sendRequest } from '../send-request.ts'
import {
  changeOf,
  type Difference,
  differencesOf,
  editedFields,
  type SettingField,
  settingFields,
  type Typed,
  wrongFields,
} from './settings-form.ts'

export interface Draft {
  readonly base: ShownSite
  readonly typed: Typed
  readonly wrong: readonly SettingField[]
  /** How often a save found wrong fields. */
  readonly attempts: number
  /** What somebody else changed before the last save, which was refused. */
  readonly meanwhile: readonly Difference[] | null
  readonly problem: Problem | null
}

export interface SettingsState {
  /** Null until they arrive. */
  readonly site: ShownSite | null
  /** Why the newest settings could not be loaded. */
  readonly problem: Problem | null
  readonly isSignedOut: boolean
  readonly draft: Draft | null
  readonly isSaving: boolean
  /** Until the host types again. */
  readonly isSaved: boolean
  readonly isSendingLogo: boolean
  readonly logoProblem: Problem | null
}

const path = '/api/admin/site'
const patienceMs = 15_000
/** A logo may go over a slow line. */
const logoPatienceMs = 60_000
const silent: Problem = { kind: 'no_answer' }
const noAnswer: RequestResult = { kind: 'problem', code: null, status: null, problem: silent }

export const createSettings = (send: typeof sendRequest) => {
  const store = createStore<SettingsState>(() => ({
    site: null,
    problem: null,
    isSignedOut: false,
    draft: null,
    isSaving: false,
    isSaved: false,
    isSendingLogo: false,
    logoProblem: null,
  }))
  const { getState, setState } = store

  /** The settings in the answer, or why there are none. */
  const request = async (to: string, init: RequestInit = {}, patience = patienceMs) => {
    const result = await send(to, { ...init, signal: AbortSignal.timeout(patience) }).catch(() => noAnswer)
    if (result.kind === 'problem') {
      if (result.code === 'unauthenticated' || result.code === 'forbidden') setState({ isSignedOut: true })
      return { site: null, code: result.code, problem: result.problem }
    }
    const site = (await result.response.json().catch(() => null)) as ShownSite | null
    return { site, code: null, problem: silent }
  }

  /** Settings that were requested before a save may arrive after it. */
  const show = (site: ShownSite) =>
    setState(({ site: known }) => ({ site: known && known.rev > site.rev ? known : site, problem: null, isSignedOut: false }))

  const load = async () => {
    const before = getState().site
    const { site, problem } = await request(path)
    if (!site) return setState({ problem })
    // A restore may have brought back settings with a lower rev.
    const isRestored = before !== null && before === getState().site && site.rev < before.rev
    if (isRestored) setState({ site, problem: null, isSignedOut: false })
    else show(site)
  }

  /** Keeps what the host typed while the change was on its way. */
  const onSaved = (sent: Typed, site: ShownSite) => {
    const typed = getState().draft?.typed ?? {}
    const rest: Typed = Object.fromEntries(Object.entries(typed).filter(([field, text]) => text !== sent[field as SettingField]))
    setState({ draft: editedFields(site, rest).length > 0 ? newDraft(site, rest) : null, isSaved: true })
  }

  /** Whether the save is to be sent again, because nothing that the form shows has changed meanwhile. */
  const onStale = async (sent: Typed, problem: Problem): Promise<boolean> => {
    await load()
    const { site: theirs, draft } = getState()
    if (!draft || !theirs) return false
    if (theirs.rev === draft.base.rev) {
      setState({ draft: { ...draft, problem } })
      return false
    }
    // The answer to an earlier save was lost, or somebody else made the same change.
    if (Object.keys(changeOf(theirs, sent)).length === 0) {
      onSaved(sent, theirs)
      return false
    }
    const meanwhile = differencesOf(draft.base, theirs)
    setState({ draft: { ...newDraft(theirs, draft.typed), meanwhile: meanwhile.length > 0 ? meanwhile : null } })
    return meanwhile.length === 0
  }

  const onRefused = (problem: Problem) => {
    const { draft } = getState()
    const paths = problem.kind === 'refused' ? problem.fields : []
    const wrong = settingFields.filter((field) => paths.includes(field))
    if (draft) setState({ draft: { ...draft, wrong, attempts: draft.attempts + 1, problem } })
  }

  /** Whether to send it again. */
  const sendDraft = async ({ base, typed }: Draft): Promise<boolean> => {
    const headers = { 'content-type': 'application/json', 'if-match': `"${base.rev}"` }
    const { site, code, problem } = await request(path, { method: 'PATCH', headers, body: JSON.stringify(changeOf(base, typed)) })
    if (code === 'stale_rev') return onStale(typed, problem)
    if (!site) onRefused(problem)
    else {
      show(site)
      onSaved(typed, site)
    }
    return false
  }

  const save = async () => {
    const { draft, isSaving } = getState()
    if (!draft || isSaving) return
    const wrong = wrongFields(draft.base, draft.typed)
    if (wrong.length > 0) return setState({ draft: { ...draft, wrong, attempts: draft.attempts + 1, problem: null } })
    setState({ isSaving: true })
    const isAgain = await sendDraft(draft)
    const newer = getState().draft
    if (isAgain && newer) await sendDraft(newer)
    setState({ isSaving: false })
  }

  /** Null removes the logo. */
  const setLogo = async (file: Blob | null) => {
    if (getState().isSendingLogo) return
    setState({ isSendingLogo: true, logoProblem: null })
    const init = file ? { method: 'PUT', headers: { 'content-type': 'image/png' }, body: file } : { method: 'DELETE' }
    const { site, problem } = await request(`${path}/logo`, init, logoPatienceMs)
    if (site) {
      const { draft } = getState()
      show(site)
      // The host has made both changes, so the draft is over the newer settings.
      if (draft?.base.rev === site.rev - 1) setState({ draft: { ...draft, base: site } })
    }
    setState({ isSendingLogo: false, logoProblem: site ? null : problem })
  }

  return {
    store,
    load,
    save,
    setLogo,
    discard: () => setState({ draft: null }),
    type(field: SettingField, text: string) {
      const { site, draft } = getState()
      const base = draft?.base ?? site
      if (!base) return
      const { typed, wrong, ...rest } = draft ?? newDraft(base, {})
      const all = { ...typed, [field]: text }
      const isTouched = settingFields.some((each) => all[each] !== undefined && all[each] !== (base[each] ?? ''))
      setState({ draft: isTouched ? { ...rest, base, typed: all, wrong: wrong.filter((each) => each !== field) } : null, isSaved: false })
    },
  }
}

export type Settings = ReturnType<typeof createSettings>

const newDraft = (base: ShownSite, typed: Typed): Draft => ({ base, typed, wrong: [], attempts: 0, meanwhile: null, problem: null })

/** The settings of the site, and what a host has typed. Settings that arrive later change fields that nobody touched, and never a draft. */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ShownSite } from '../../../lib/site.ts'
import type { Problem } from '../../../lib/words/operations-words.ts'
import { type Draft, DraftSaver, newDraft, withTyped } from '../draft.ts'
import { bodyOf, type RequestResult, type sendRequest, signedInRequests } from '../send-request.ts'
import {
  changeOf,
  type Difference,
  differencesOf,
  editedFields,
  isSameRevision,
  isTouched,
  refusedFields,
  type SettingField,
  type Typed,
  wrongFields,
} from './settings-form.ts'

type SiteDraft = Draft<ShownSite, Typed, SettingField, Difference>

export interface SettingsState {
  /** Null until they arrive. */
  readonly site: ShownSite | null
  /** Why the newest settings could not be loaded. */
  readonly problem: Problem | null
  readonly isSignedOut: boolean
  readonly draft: SiteDraft | null
  readonly isSaving: boolean
  /** Until the host types again. */
  readonly isSaved: boolean
  readonly isSendingLogo: boolean
  readonly logoProblem: Problem | null
}

const path = '/api/admin/site'
/** A logo may go over a slow line. */
const logoTimeoutMs = 60_000

const siteKind = { changeOf, differencesOf, editedFields, isSameRevision, isTouched, refusedFields, refusedParts: () => [], wrongFields }

const initial: SettingsState = {
  site: null,
  problem: null,
  isSignedOut: false,
  draft: null,
  isSaving: false,
  isSaved: false,
  isSendingLogo: false,
  logoProblem: null,
}

export const createSettings = (request: typeof sendRequest) => {
  const store = createStore<SettingsState>(() => initial)
  const { getState, setState } = store

  const send = signedInRequests(request, () => setState({ isSignedOut: true }))

  /** Settings that were requested before a save may arrive after it. A restore may bring back settings with a lower rev. */
  const show = (site: ShownSite, isRestored = false) =>
    setState(({ site: known }) => ({
      site: known && known.rev > site.rev && !isRestored ? known : site,
      problem: null,
      isSignedOut: false,
    }))

  const load = async () => {
    const before = getState().site
    const { site, problem } = await siteIn(await send(path))
    if (site) show(site, before !== null && before === getState().site)
    else setState({ problem })
  }

  const drafts = new DraftSaver(siteKind, {
    path,
    get: () => getState().draft,
    set: (draft) => setState({ draft }),
    send,
    async reload() {
      await load()
      return getState().site
    },
    show,
    onSaving: (isSaving) => setState({ isSaving }),
    onSaved: () => setState({ isSaved: true }),
  })

  return {
    store,
    load,
    setLogo: createLogoSender(store, send, show),
    async save() {
      if (!getState().isSaving) await drafts.save()
    },
    discard: () => setState({ draft: null }),
    type(field: SettingField, text: string) {
      const { site, draft } = getState()
      const base = draft?.base ?? site
      if (base)
        setState({ draft: withTyped(siteKind, draft ?? newDraft<ShownSite, Typed>(base, {}), { field, value: text }), isSaved: false })
    },
  }
}

export type Settings = ReturnType<typeof createSettings>

/** The settings in an answer, or why there are none. */
const siteIn = async (result: RequestResult): Promise<{ site: ShownSite | null; problem: Problem }> => {
  if (result.kind === 'problem') return { site: null, problem: result.problem }
  return { site: await bodyOf<ShownSite>(result.response), problem: { kind: 'no_answer' } }
}

/** Sends the logo. Null removes it. */
const createLogoSender =
  ({ getState, setState }: StoreApi<SettingsState>, send: ReturnType<typeof signedInRequests>, show: (site: ShownSite) => void) =>
  async (file: Blob | null) => {
    if (getState().isSendingLogo) return
    setState({ isSendingLogo: true, logoProblem: null })
    const init = file ? { method: 'PUT', headers: { 'content-type': 'image/png' }, body: file } : { method: 'DELETE' }
    const { site, problem } = await siteIn(await send(`${path}/logo`, init, logoTimeoutMs))
    if (site) {
      const { draft } = getState()
      show(site)
      // The host has made both changes, so the draft is over the newer settings.
      if (draft?.base.rev === site.rev - 1) setState({ draft: { ...draft, base: site } })
    }
    setState({ isSendingLogo: false, logoProblem: site ? null : problem })
  }

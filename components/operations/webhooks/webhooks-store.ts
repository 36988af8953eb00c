/** The webhooks, the deliveries that are shown, and what a host does with them. */
import { createStore } from 'zustand/vanilla'
import type { ShownDelivery, ShownWebhook, WebhookFormat, WebhookType } from '../../../lib/webhook.ts'
import type { Problem } from '../../../lib/words/operations-words.ts'
import { bodyOf, type sendRequest, signedInRequests } from '../send-request.ts'

export interface TypedWebhook {
  /** Null for a new one. */
  readonly id: string | null
  readonly url: string
  readonly format: WebhookFormat
  readonly types: readonly WebhookType[]
}

export interface DeliveryDetails {
  readonly body: string
  readonly answer: string
}

export interface WebhooksState {
  /** Null until they arrive. */
  readonly webhooks: readonly ShownWebhook[] | null
  /** By webhook. */
  readonly deliveries: Readonly<Record<string, readonly ShownDelivery[]>>
  /** Why the newest could not be loaded. */
  readonly problem: Problem | null
  /** Why the last act did not work. */
  readonly actProblem: Problem | null
  readonly isSignedOut: boolean
  readonly isBusy: boolean
  readonly typed: TypedWebhook | null
  /** A new secret, until the host has it. */
  readonly secret: { readonly id: string; readonly secret: string } | null
}

const path = '/api/admin/webhooks'
const shownDeliveries = 20
const noAnswer: Problem = { kind: 'no_answer' }

const initial: WebhooksState = {
  webhooks: null,
  deliveries: {},
  problem: null,
  actProblem: null,
  isSignedOut: false,
  isBusy: false,
  typed: null,
  secret: null,
}

export const createWebhooks = (request: typeof sendRequest) => {
  const store = createStore<WebhooksState>(() => initial)
  const { getState, setState } = store
  const send = signedInRequests(request, () => setState({ isSignedOut: true }))

  const read = async <Body>(from: string): Promise<Body | null> => {
    const result = await send(from)
    const body = result.kind === 'ok' ? await bodyOf<Body>(result.response) : null
    setState(body ? { problem: null, isSignedOut: false } : { problem: result.kind === 'ok' ? noAnswer : result.problem })
    return body
  }

  const load = async () => {
    const list = await read<{ webhooks: ShownWebhook[] }>(path)
    if (!list) return
    setState({ webhooks: list.webhooks })
    for (const { id } of list.webhooks) {
      const body = await read<{ deliveries: ShownDelivery[] }>(`${path}/${id}/deliveries?limit=${shownDeliveries}`)
      if (body) setState(({ deliveries }) => ({ deliveries: { ...deliveries, [id]: body.deliveries } }))
    }
  }

  /** The body of the answer; null when the act did not work. */
  const act = async (to: string, method: string, json?: object): Promise<object | null> => {
    if (getState().isBusy) return null
    setState({ isBusy: true, actProblem: null })
    const init = json && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) }
    const result = await send(to, { method, ...init })
    setState({ isBusy: false, actProblem: result.kind === 'ok' ? null : result.problem })
    return result.kind === 'ok' ? ((await bodyOf<object>(result.response)) ?? {}) : null
  }

  const showSecret = (answer: object) => {
    const { webhook, secret } = answer as { webhook: ShownWebhook; secret: string | null }
    if (secret) setState({ secret: { id: webhook.id, secret } })
  }

  return {
    store,
    load,
    type: (typed: TypedWebhook | null) => setState({ typed, actProblem: null }),
    async save() {
      const { typed } = getState()
      if (!typed) return
      const { id, url, format, types } = typed
      const answer = id === null ? await act(path, 'POST', { url, format, types }) : await act(`${path}/${id}`, 'PATCH', { url, types })
      if (!answer) return
      setState({ typed: null })
      showSecret(answer)
      await load()
    },
    async change(id: string, change: { enabled: boolean } | { newSecret: true }) {
      const answer = await act(`${path}/${id}`, 'PATCH', change)
      if (!answer) return
      showSecret(answer)
      await load()
    },
    async remove(id: string) {
      if (await act(`${path}/${id}`, 'DELETE')) await load()
    },
    async test(id: string) {
      if (await act(`${path}/${id}/test`, 'POST')) await load()
    },
    async sendAgain(delivery: string) {
      if (await act(`/api/admin/webhook-deliveries/${delivery}/retry`, 'POST')) await load()
    },
    details: (delivery: string) => read<DeliveryDetails>(`/api/admin/webhook-deliveries/${delivery}`),
    hasSecret: () => setState({ secret: null }),
  }
}

export type Webhooks = ReturnType<typeof createWebhooks>

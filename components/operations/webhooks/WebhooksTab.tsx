'use client'
import { Plus } from 'lucide-react'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { webhookLimits } from '../../../lib/webhook.ts'
import { type OperationsWords, type Problem, problemText } from '../../../lib/words/operations-words.ts'
import { filledButton } from '../fields/field-styles.ts'
import { StatusHeading } from '../StatusHeading.tsx'
import { useOperationsWords } from '../use-operations-words.ts'
/** Where Fresco sends events, and what became of the last ones. */
import { useRepeatedLoad } from '../use-repeated-load.ts'
import { WebhookCard } from './WebhookCard.tsx'
import { blankWebhook, WebhookForm } from './WebhookForm.tsx'
import type { Webhooks, WebhooksState } from './webhooks-store.ts'

const loadEveryMs = 3_000
const { maxEndpoints } = webhookLimits

interface WebhooksTabProps {
  readonly webhooks: Webhooks
  readonly isSilent: boolean
  /** Of the whole page. */
  readonly problem: Problem | null
  readonly onSignedOut: () => void
}

export const WebhooksTab = ({ webhooks, isSilent, problem, onSignedOut }: WebhooksTabProps) => {
  const words = useOperationsWords()
  const { t } = words
  const state = useStore(webhooks.store)
  useRepeatedLoad(webhooks.load, loadEveryMs)
  useEffect(() => {
    if (state.isSignedOut) onSignedOut()
  }, [state.isSignedOut, onSignedOut])
  const loadProblem = state.problem && `${problemText(words, state.problem)} ${t('webhooks.failed')} ${t('triesAgain')}`
  const actProblem = state.actProblem && state.typed === null ? problemText(words, state.actProblem) : null
  return (
    <>
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-1">
        <StatusHeading
          {...headingOf(words, state, isSilent)}
          problem={(problem ? problemText(words, problem) : actProblem) ?? loadProblem}
          {...(state.problem === null ? {} : { retry: { text: t('webhooks.tryNow'), onRetry: () => void webhooks.load() } })}
        />
        <AddButton state={state} onAdd={() => webhooks.type(blankWebhook)} />
      </div>
      {state.typed?.id === null ? <WebhookForm typed={state.typed} webhooks={webhooks} state={state} /> : null}
      <List webhooks={webhooks} state={state} isOld={isSilent || state.problem !== null} />
    </>
  )
}

const List = ({ webhooks, state, isOld }: { webhooks: Webhooks; state: WebhooksState; isOld: boolean }) => {
  if (state.webhooks === null) return <Loading isMoving={state.problem === null} />
  if (state.webhooks.length === 0) return state.typed ? null : <Empty onAdd={() => webhooks.type(blankWebhook)} />
  return (
    <div className={`grid items-start gap-4 transition-opacity xl:grid-cols-2 ${isOld ? 'opacity-50' : ''}`} data-testid="webhooks">
      {state.webhooks.map((webhook) => (
        <WebhookCard key={webhook.id} webhook={webhook} webhooks={webhooks} state={state} />
      ))}
    </div>
  )
}

const headingOf = ({ t }: OperationsWords, { webhooks, problem }: WebhooksState, isSilent: boolean) => {
  if (isSilent) return { level: 'waiting', title: t('verdict.silent.title'), body: t('verdict.silent.body') } as const
  if (webhooks === null && problem !== null) return { level: 'wrong', title: t('webhooks.failedTitle'), body: '' } as const
  if (webhooks === null) return { level: 'waiting', title: t('webhooks.loadingTitle'), body: t('webhooks.loading') } as const
  const sum = (state: 'waiting' | 'dead') => webhooks.reduce((total, { deliveries }) => total + deliveries[state], 0)
  const gone = webhooks.filter(({ disabledBecause }) => disabledBecause === 'gone').length
  if (gone > 0) return { level: 'waiting', title: t('webhooks.goneTitle', { count: gone }), body: t('webhooks.goneBody') } as const
  const dead = sum('dead')
  if (dead > 0) return { level: 'waiting', title: t('webhooks.deadTitle', { count: dead }), body: t('webhooks.deadBody') } as const
  const waiting = sum('waiting')
  const body = waiting === 0 ? t('webhooks.body') : `${t('webhooks.body')} ${t('webhooks.waiting', { count: waiting })}`
  return { level: 'well', title: t('webhooks.title', { count: webhooks.length }), body } as const
}

const AddButton = ({ state: { webhooks, typed }, onAdd }: { state: WebhooksState; onAdd: () => void }) => {
  const { t } = useOperationsWords()
  const isFull = (webhooks?.length ?? 0) >= maxEndpoints
  // A page without webhooks has its own button.
  if (webhooks?.length === 0) return null
  return (
    <span className="mt-2 flex flex-col items-start gap-1 sm:items-end">
      <button type="button" className={filledButton} disabled={webhooks === null || isFull || typed !== null} onClick={onAdd}>
        <Plus size={16} strokeWidth={1.8} aria-hidden />
        <span>{t('webhooks.add')}</span>
      </button>
      {isFull ? <span className="text-[12.5px] text-muted">{t('webhooks.full', { max: maxEndpoints })}</span> : null}
    </span>
  )
}

const Empty = ({ onAdd }: { onAdd: () => void }) => {
  const { t } = useOperationsWords()
  return (
    <section className="panel flex flex-col items-start gap-3 p-5">
      <h2 className="font-medium text-base">{t('webhooks.empty.title')}</h2>
      <p className="max-w-[70ch] text-muted">{t('webhooks.empty.body')}</p>
      <button type="button" className={`${filledButton} mt-1`} onClick={onAdd}>
        {t('webhooks.add')}
      </button>
    </section>
  )
}

/** The layout of the cards, in quiet bars. */
const Loading = ({ isMoving }: { isMoving: boolean }) => (
  <div aria-hidden="true" className={`grid gap-4 xl:grid-cols-2 ${isMoving ? 'breathing' : ''}`}>
    {['one', 'two'].map((card) => (
      <div key={card} className="panel flex flex-col gap-4 p-5">
        <div className="h-3.5 w-48 rounded-full bg-ink/6" />
        <div className="h-10 rounded-button bg-ink/6" />
        <div className="h-24 rounded-button bg-ink/6" />
      </div>
    ))}
  </div>
)

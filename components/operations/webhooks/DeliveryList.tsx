/** The last deliveries of a webhook. The body and the answer of one are loaded when a host opens it. */
import { useState } from 'react'
import type { ShownDelivery } from '../../../lib/webhook.ts'
import { plainButton } from '../fields/field-styles.ts'
import { useOperationsWords } from '../use-operations-words.ts'
import { typeKey } from './webhook-words.ts'
import type { DeliveryDetails, Webhooks } from './webhooks-store.ts'

interface DeliveryListProps {
  /** Undefined until they arrive. */
  readonly deliveries: readonly ShownDelivery[] | undefined
  readonly webhooks: Webhooks
  readonly isBusy: boolean
}

export const DeliveryList = ({ deliveries, webhooks, isBusy }: DeliveryListProps) => {
  const { t } = useOperationsWords()
  return (
    <div className="border-line border-t pt-3">
      <h3 className="text-[12.5px] text-muted">{t('webhooks.deliveries')}</h3>
      {deliveries === undefined || deliveries.length === 0 ? (
        <p className="pt-2 text-muted">{t(deliveries ? 'webhooks.noDeliveries' : 'webhooks.loadingDeliveries')}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keyboard
        <ul className="max-h-96 overflow-y-auto" tabIndex={0} aria-label={t('webhooks.deliveries')}>
          {deliveries.map((delivery) => (
            <Row key={delivery.id} delivery={delivery} webhooks={webhooks} isBusy={isBusy} />
          ))}
        </ul>
      )}
    </div>
  )
}

const marks = {
  waiting: 'rounded-full bg-ochre',
  delivered: 'rounded-full bg-verdigris',
  dead: 'rotate-45 rounded-[1px] bg-sinopia',
} as const

interface RowProps {
  readonly delivery: ShownDelivery
  readonly webhooks: Webhooks
  readonly isBusy: boolean
}

const Row = ({ delivery, webhooks, isBusy }: RowProps) => {
  const { t, duration } = useOperationsWords()
  const { id, type, state, at, attempts, nextAt, isRunning, last } = delivery
  const texts = [
    t('webhooks.day', { at: new Date(at) }),
    // The error names the status, too.
    ...(last?.status == null || last.error !== null ? [] : [t('webhooks.status', { status: String(last.status) })]),
    ...(last ? [duration(last.durationMs)] : []),
    ...(attempts > 1 ? [t('webhooks.attempts', { count: attempts })] : []),
    ...(nextAt === null ? [] : [t('webhooks.next', { at: new Date(nextAt) })]),
  ]
  return (
    <li className="border-line border-b py-2.5 last:border-0" data-testid="delivery" data-state={state}>
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <i aria-hidden="true" className={`size-2 shrink-0 ${marks[state]}`} />
        <span className="font-medium">{t(typeKey(type))}</span>
        <span className="text-muted">{t(`webhooks.states.${isRunning ? 'running' : state}`)}</span>
      </div>
      <p className="numbers mt-0.5 break-words pl-5 text-[12.5px] text-muted">{texts.join(' · ')}</p>
      {last?.error ? <p className="mt-0.5 break-words pl-5 text-[12.5px] text-muted">{last.error}</p> : null}
      <div className="mt-1 flex flex-wrap items-start gap-2 pl-5">
        <Details id={id} webhooks={webhooks} />
        {state === 'waiting' ? null : (
          <button
            type="button"
            className={`${plainButton} ml-auto h-8 px-3 text-[12.5px] pointer-coarse:h-[44px]`}
            disabled={isBusy}
            onClick={() => void webhooks.sendAgain(id)}
          >
            {t('webhooks.again')}
          </button>
        )}
      </div>
    </li>
  )
}

const Details = ({ id, webhooks }: { id: string; webhooks: Webhooks }) => {
  const { t } = useOperationsWords()
  const [details, setDetails] = useState<DeliveryDetails | null>(null)
  return (
    <details
      className="min-w-0 flex-1 basis-40"
      onToggle={(event) => {
        if (event.currentTarget.open) void webhooks.details(id).then(setDetails)
      }}
    >
      <summary className="inline-flex h-8 cursor-pointer items-center text-[12.5px] text-muted underline underline-offset-4 hover:text-ink pointer-coarse:h-[44px]">
        {t('webhooks.details')}
      </summary>
      {details === null ? (
        <p className="text-[12.5px] text-muted">{t('webhooks.loadingDeliveries')}</p>
      ) : (
        <dl className="text-[12.5px]">
          <dt className="text-muted">{t('webhooks.bodyLabel')}</dt>
          <dd className="numbers whitespace-pre-wrap break-all" translate="no">
            {details.body}
          </dd>
          <dt className="mt-2 text-muted">{t('webhooks.answerLabel')}</dt>
          <dd className="numbers whitespace-pre-wrap break-all" translate="no">
            {details.answer === '' ? t('webhooks.noAnswer') : details.answer}
          </dd>
        </dl>
      )}
    </details>
  )
}

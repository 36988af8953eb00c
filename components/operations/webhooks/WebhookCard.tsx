import { useState } from 'react'
import type { ShownWebhook } from '../../../lib/webhook.ts'
import { ConfirmDialog } from '../ConfirmDialog.tsx'
import { Card } from '../fields/Card.tsx'
import { dangerButton, filledButton, plainButton } from '../fields/field-styles.ts'
import { useOperationsWords } from '../use-operations-words.ts'
import { DeliveryList } from './DeliveryList.tsx'
import { WebhookForm } from './WebhookForm.tsx'
import { hostOf, typeKey } from './webhook-words.ts'
import type { Webhooks, WebhooksState } from './webhooks-store.ts'

interface WebhookCardProps {
  readonly webhook: ShownWebhook
  readonly webhooks: Webhooks
  readonly state: WebhooksState
}

export const WebhookCard = ({ webhook, webhooks, state }: WebhookCardProps) => {
  const { t, list } = useOperationsWords()
  const { id, url, format, types, formerSecretUntil } = webhook
  if (state.typed?.id === id) return <WebhookForm typed={state.typed} webhooks={webhooks} state={state} />
  const { secret } = state
  return (
    <Card title={hostOf(url)} aside={t(`webhooks.formats.${format}`)} className="flex flex-col gap-3" testId="webhook">
      <State webhook={webhook} />
      <p className="numbers break-all text-[12.5px] text-muted" translate="no">
        {url}
      </p>
      <p className="text-muted">{types.length === 0 ? t('webhooks.form.noTypes') : list(types.map((type) => t(typeKey(type))))}</p>
      {secret?.id === id ? <Secret secret={secret.secret} onDone={webhooks.hasSecret} /> : null}
      {formerSecretUntil !== null && Date.parse(formerSecretUntil) > Date.now() ? (
        <p className="text-[12.5px] text-muted">{t('webhooks.secret.former', { at: new Date(formerSecretUntil) })}</p>
      ) : null}
      <Actions webhook={webhook} webhooks={webhooks} isBusy={state.isBusy} />
      <DeliveryList deliveries={state.deliveries[id]} webhooks={webhooks} isBusy={state.isBusy} />
    </Card>
  )
}

const State = ({ webhook: { enabled, disabledBecause } }: { webhook: ShownWebhook }) => {
  const { t } = useOperationsWords()
  const text = enabled ? t('webhooks.enabled') : t(disabledBecause === 'gone' ? 'webhooks.gone' : 'webhooks.disabled')
  const mark = enabled ? 'rounded-full bg-verdigris' : disabledBecause ? 'rotate-45 rounded-[1px] bg-sinopia' : 'rounded-[2px] bg-muted'
  return (
    <p className="flex items-center gap-3 font-medium text-base" data-state={enabled ? 'enabled' : 'disabled'}>
      <i aria-hidden="true" className={`size-2.5 shrink-0 ${mark}`} />
      <span>{text}</span>
    </p>
  )
}

const Actions = ({ webhook, webhooks, isBusy }: { webhook: ShownWebhook; webhooks: Webhooks; isBusy: boolean }) => {
  const { t } = useOperationsWords()
  const { id, url, format, types, enabled } = webhook
  return (
    <div className="flex flex-wrap gap-2 max-sm:*:flex-1">
      <button type="button" className={plainButton} disabled={isBusy || !enabled} onClick={() => void webhooks.test(id)}>
        {t('webhooks.test')}
      </button>
      <button type="button" className={plainButton} disabled={isBusy} onClick={() => webhooks.type({ id, url, format, types })}>
        {t('webhooks.edit')}
      </button>
      <button type="button" className={plainButton} disabled={isBusy} onClick={() => void webhooks.change(id, { enabled: !enabled })}>
        {t(enabled ? 'webhooks.disable' : 'webhooks.enable')}
      </button>
      {format === 'standard' ? (
        <ConfirmDialog
          title={t('webhooks.secret.title')}
          body={t('webhooks.secret.body')}
          action={t('webhooks.secret.replace')}
          onYes={() => void webhooks.change(id, { newSecret: true })}
        >
          <button type="button" className={plainButton} disabled={isBusy}>
            {t('webhooks.secret.replace')}
          </button>
        </ConfirmDialog>
      ) : null}
      <ConfirmDialog
        title={t('webhooks.delete.title')}
        body={t('webhooks.delete.body')}
        action={t('webhooks.delete.action')}
        onYes={() => void webhooks.remove(id)}
      >
        <button type="button" className={dangerButton} disabled={isBusy}>
          {t('webhooks.delete.action')}
        </button>
      </ConfirmDialog>
    </div>
  )
}

const Secret = ({ secret, onDone }: { secret: string; onDone: () => void }) => {
  const { t } = useOperationsWords()
  const [isCopied, setIsCopied] = useState(false)
  // Without https there is no clipboard, and the text can be selected.
  const copy = async () => {
    await navigator.clipboard?.writeText(secret)
    setIsCopied(navigator.clipboard !== undefined)
  }
  return (
    <div role="status" className="flex flex-col gap-2 rounded-button bg-ultramarine/12 p-3">
      <p className="font-medium">{t('webhooks.secret.shown')}</p>
      <code className="numbers select-all break-all" data-testid="webhook-secret" translate="no">
        {secret}
      </code>
      <span className="flex flex-wrap gap-2">
        <button type="button" className={plainButton} onClick={() => void copy().catch(() => undefined)}>
          {t(isCopied ? 'webhooks.secret.copied' : 'webhooks.secret.copy')}
        </button>
        <button type="button" className={filledButton} onClick={onDone}>
          {t('webhooks.secret.done')}
        </button>
      </span>
    </div>
  )
}

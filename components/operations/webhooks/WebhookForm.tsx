import { useEffect, useRef } from 'react'
import { type WebhookType, webhookFormats, webhookTypes } from '../../../lib/webhook.ts'
import { problemText } from '../../../lib/words/operations-words.ts'
import { Card } from '../fields/Card.tsx'
import { filledButton, labelStyle, plainButton } from '../fields/field-styles.ts'
import { Segments } from '../fields/Segments.tsx'
import { TextField } from '../fields/TextField.tsx'
import { useOperationsWords } from '../use-operations-words.ts'
import { typeKey } from './webhook-words.ts'
import type { TypedWebhook, Webhooks, WebhooksState } from './webhooks-store.ts'

/** A test goes to every webhook. */
const wantable = webhookTypes.filter((type) => type !== 'webhook.test')

export const blankWebhook: TypedWebhook = {
  id: null,
  url: '',
  format: 'standard',
  types: wantable.filter((type) => type !== 'canvas.changed'),
}

interface WebhookFormProps {
  readonly typed: TypedWebhook
  readonly webhooks: Webhooks
  readonly state: WebhooksState
}

export const WebhookForm = ({ typed, webhooks, state: { actProblem, isBusy } }: WebhookFormProps) => {
  const words = useOperationsWords()
  const { t } = words
  const form = useRef<HTMLFormElement>(null)
  const isNew = typed.id === null
  const isUrlWrong = actProblem?.kind === 'refused' && actProblem.fields.includes('url')
  const detail = actProblem && problemText(words, actProblem)
  useEffect(() => form.current?.querySelector('input')?.focus(), [])
  return (
    <Card title={t(isNew ? 'webhooks.form.new' : 'webhooks.form.edit')} className="flex flex-col gap-4">
      <form
        ref={form}
        noValidate
        className="flex min-w-0 flex-col gap-4"
        data-testid="webhook-form"
        onSubmit={(event) => {
          event.preventDefault()
          void webhooks.save()
        }}
      >
        <TextField
          label={t('webhooks.form.url')}
          name="url"
          inputMode="url"
          isMono
          value={typed.url}
          note={t(typed.format === 'discord' ? 'webhooks.form.discordNote' : 'webhooks.form.urlNote')}
          wrong={isUrlWrong ? detail : null}
          onChange={(url) => webhooks.type({ ...typed, url })}
        />
        {isNew ? (
          <Segments
            label={t('webhooks.form.format')}
            value={typed.format}
            options={webhookFormats.map((value) => ({ value, text: t(`webhooks.formats.${value}`) }))}
            onChange={(format) => webhooks.type({ ...typed, format })}
          />
        ) : null}
        <Types types={typed.types} onChange={(types) => webhooks.type({ ...typed, types })} />
        {detail && !isUrlWrong ? (
          <p role="alert" className="text-sinopia">
            {detail}
          </p>
        ) : null}
        <span className="flex flex-wrap justify-end gap-2 max-sm:*:flex-1">
          <button type="button" className={plainButton} onClick={() => webhooks.type(null)}>
            {t('webhooks.form.cancel')}
          </button>
          <button type="submit" className={filledButton} disabled={isBusy || typed.url.trim() === ''}>
            {t(isNew ? 'webhooks.form.create' : 'webhooks.form.save')}
          </button>
        </span>
      </form>
    </Card>
  )
}

interface TypesProps {
  readonly types: readonly WebhookType[]
  readonly onChange: (types: readonly WebhookType[]) => void
}

const Types = ({ types, onChange }: TypesProps) => {
  const { t } = useOperationsWords()
  return (
    <fieldset className="min-w-0">
      <legend className={labelStyle}>{t('webhooks.form.types')}</legend>
      <div className="mt-1 grid gap-x-4 sm:grid-cols-2">
        {wantable.map((type) => (
          <label key={type} className="flex min-h-9 items-center gap-2.5 pointer-coarse:min-h-[44px]">
            <input
              type="checkbox"
              name={type}
              checked={types.includes(type)}
              className="size-4 accent-ultramarine"
              onChange={(event) => onChange(event.target.checked ? [...types, type] : types.filter((other) => other !== type))}
            />
            <span>{t(typeKey(type))}</span>
          </label>
        ))}
      </div>
      {types.length === 0 ? <p className="mt-1 text-[12.5px] text-muted">{t('webhooks.form.noTypes')}</p> : null}
    </fieldset>
  )
}

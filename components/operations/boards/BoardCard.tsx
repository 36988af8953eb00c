import { Check, Link } from 'lucide-react'
import { useId, useState } from 'react'
import { canvasLimits, visibilities } from '../../../lib/canvas.ts'
import { Card } from '../fields/Card.tsx'
import { iconButton, inputStyle, labelStyle } from '../fields/field-styles.ts'
import { Segments } from '../fields/Segments.tsx'
import { TextField } from '../fields/TextField.tsx'
import { useOperationsWords } from '../use-operations-words.ts'
import { useField, useForm } from './form-context.ts'
import { SizeField } from './SizeField.tsx'
import { StateChoice } from './StateChoice.tsx'

const { maxTitle } = canvasLimits

/** Title, address, size, state, and who finds the board. */
export const BoardCard = () => {
  const { t } = useOperationsWords()
  const { board } = useForm()
  const title = useField('title')
  const visibility = useField('visibility')
  return (
    <Card
      title={t('boards.settings', { title: board.title })}
      aside={t('boards.facts', { size: t('boards.sizeOf', { width: board.width, height: board.height }), rev: board.rev })}
    >
      <div className="mt-4 grid gap-x-5 gap-y-4 md:grid-cols-[1fr_auto]">
        <div className="flex min-w-0 flex-col gap-4">
          <TextField
            label={t('boards.fields.title')}
            name="title"
            value={title.value}
            isDisabled={title.isDisabled}
            note={t('boards.hints.title', { maxTitle })}
            wrong={title.isWrong ? t('boards.wrong.title', { maxTitle }) : null}
            onChange={title.onChange}
          />
          <Address id={board.id} />
        </div>
        <SizeField />
      </div>
      <div className="mt-4 flex flex-col gap-4">
        <StateChoice />
        <Segments
          label={t('boards.fields.visibility')}
          value={visibility.value}
          options={visibilities.map((value) => ({ value, text: t(`boards.visibilities.${value}`) }))}
          isDisabled={visibility.isDisabled}
          note={t(`boards.visibilityNotes.${visibility.value}`)}
          onChange={visibility.onChange}
        />
      </div>
    </Card>
  )
}

const copiedMs = 2_000

const Address = ({ id: board }: { id: string }) => {
  const { t } = useOperationsWords()
  const id = useId()
  const [isCopied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(`${location.origin}/c/${board}`)
    setCopied(true)
    setTimeout(() => setCopied(false), copiedMs)
  }
  // Browsers have no clipboard on pages without https.
  const canCopy = typeof navigator !== 'undefined' && navigator.clipboard !== undefined
  return (
    <div className="min-w-0">
      <p id={id} className={labelStyle}>
        {t('boards.addressLabel')}
      </p>
      <span className="mt-1 flex gap-2">
        <a
          href={`/c/${board}`}
          target="_blank"
          rel="noreferrer"
          title={t('boards.open')}
          className={`${inputStyle()} numbers flex items-center truncate hover:text-ultramarine`}
          translate="no"
        >
          {t('boards.address', { id: board })}
        </a>
        {canCopy ? (
          <button
            type="button"
            className={iconButton}
            aria-label={t(isCopied ? 'boards.copied' : 'boards.copyAddress')}
            onClick={() => void copy().catch(() => undefined)}
          >
            {isCopied ? <Check size={19} strokeWidth={1.8} aria-hidden /> : <Link size={19} strokeWidth={1.8} aria-hidden />}
          </button>
        ) : null}
      </span>
    </div>
  )
}

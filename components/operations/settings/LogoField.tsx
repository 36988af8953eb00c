import { ImageUp } from 'lucide-react'
import { useId, useRef } from 'react'
import { type ShownSite, siteLimits } from '../../../lib/site.ts'
import { problemText } from '../../../lib/words/operations-words.ts'
import { ConfirmDialog } from '../ConfirmDialog.tsx'
import { dangerButton, labelStyle, noteStyle, plainButton } from '../fields/field-styles.ts'
import { useOperationsWords } from '../use-operations-words.ts'
import type { Settings, SettingsState } from './settings-store.ts'

interface LogoFieldProps {
  readonly site: ShownSite
  readonly settings: Settings
  readonly state: SettingsState
}

/** The logo is saved as soon as a file is chosen, because a browser cannot keep a chosen file. */
export const LogoField = ({ site, settings, state: { isSendingLogo, logoProblem } }: LogoFieldProps) => {
  const words = useOperationsWords()
  const { t } = words
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const send = (file: File | undefined) => {
    if (file) void settings.setLogo(file)
    // The same file can be chosen again.
    if (input.current) input.current.value = ''
  }
  const chooseText = t(site.logo === null ? 'settings.logo.choose' : 'settings.logo.replace')
  return (
    <div aria-busy={isSendingLogo}>
      <p id={id} className={labelStyle}>
        {t('settings.logo.title')}
      </p>
      <div className="mt-1 flex flex-wrap items-center gap-3 rounded-button border border-line p-3">
        <Logo site={site} />
        <input
          ref={input}
          type="file"
          accept="image/png"
          aria-label={chooseText}
          tabIndex={-1}
          className="sr-only"
          data-testid="logo-file"
          onChange={(event) => send(event.target.files?.[0])}
        />
        <span className="ml-auto flex flex-wrap gap-2">
          <button
            type="button"
            className={plainButton}
            disabled={isSendingLogo}
            aria-describedby={`${id}-note`}
            onClick={() => input.current?.click()}
          >
            <ImageUp size={17} strokeWidth={1.8} aria-hidden />
            <span>{isSendingLogo ? t('settings.logo.sending') : chooseText}</span>
          </button>
          {site.logo === null ? null : <RemoveLogo isDisabled={isSendingLogo} onYes={() => void settings.setLogo(null)} />}
        </span>
      </div>
      {logoProblem ? (
        <p role="alert" id={`${id}-note`} className={noteStyle(true)}>
          {problemText(words, logoProblem)}
        </p>
      ) : (
        <p id={`${id}-note`} className={noteStyle()}>
          {t('settings.logo.note', { kib: siteLimits.maxLogoBytes / 1_024, side: siteLimits.maxLogoSide })}
        </p>
      )}
    </div>
  )
}

const Logo = ({ site: { logo, logoSize, name } }: Pick<LogoFieldProps, 'site'>) => {
  const { t } = useOperationsWords()
  if (logo === null) return <p className="min-w-0 grow basis-40 text-muted">{t('settings.logo.none')}</p>
  const className = 'h-10 w-auto min-w-0 max-w-[50%] grow-0 object-contain object-left'
  // biome-ignore lint/performance/noImgElement: Next's own image would copy the picture on the server.
  return <img src={logo} alt={name} {...logoSize} data-testid="logo" className={className} />
}

const RemoveLogo = ({ isDisabled, onYes }: { readonly isDisabled: boolean; readonly onYes: () => void }) => {
  const { t } = useOperationsWords()
  const action = t('settings.logo.remove')
  return (
    <ConfirmDialog title={t('settings.logo.removeTitle')} body={t('settings.logo.removeBody')} action={action} onYes={onYes}>
      <button type="button" className={dangerButton} disabled={isDisabled}>
        {action}
      </button>
    </ConfirmDialog>
  )
}

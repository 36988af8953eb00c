import type { CSSProperties } from 'react'
import { type Accents, accentsOf } from '../../../lib/accent.ts'
import { hexPattern } from '../../../lib/palette.ts'
import { ColorField } from '../boards/ColorField.tsx'
import { noteStyle } from '../fields/field-styles.ts'
import { useOperationsWords } from '../use-operations-words.ts'

interface AccentFieldProps {
  /** `#RRGGBB`, or empty for Fresco's own. */
  readonly value: string
  readonly isWrong: boolean
  readonly onChange: (text: string) => void
}

export const AccentField = ({ value, isWrong, onChange }: AccentFieldProps) => {
  const { t } = useOperationsWords()
  const hex = value.trim().toUpperCase()
  const accents = hexPattern.test(hex) ? accentsOf(hex) : null
  const isAdjusted = accents !== null && (accents.light !== hex || accents.dark !== hex)
  const note =
    accents === null ? t('settings.accent.own') : isAdjusted ? t('settings.accent.adjusted', { ...accents }) : t('settings.accent.asIs')
  return (
    <div>
      <ColorField
        label={t('settings.fields.accent')}
        value={value}
        wrong={isWrong ? t('settings.wrong.accent') : null}
        onChange={onChange}
      />
      {isWrong ? null : (
        <p className={noteStyle()} data-testid="accent-note">
          {note}
        </p>
      )}
      <div className="mt-3 grid grid-cols-2 gap-3">
        <Sample theme="light" accents={accents} />
        <Sample theme="dark" accents={accents} />
      </div>
    </div>
  )
}

/** The colors of `globals.css` that the other theme has. */
const grounds = {
  light: { '--plaster': 'oklch(0.945 0.01 82)', '--surface': 'oklch(0.992 0.003 85)', '--on-accent': 'oklch(0.992 0.003 85)' },
  dark: { '--plaster': 'oklch(0.165 0.006 70)', '--surface': 'oklch(0.225 0.008 70)', '--on-accent': 'oklch(0.165 0.006 70)' },
} as const
const own: Accents = { light: 'oklch(0.47 0.19 268)', dark: 'oklch(0.68 0.16 268)' }

/** How the accent looks on a button and on text, whatever theme this page has. */
const Sample = ({ theme, accents }: { theme: keyof Accents; accents: Accents | null }) => {
  const { t } = useOperationsWords()
  const style: Readonly<Record<string, string>> = { ...grounds[theme], '--ultramarine': (accents ?? own)[theme] }
  return (
    <div className="rounded-button border border-line bg-surface p-3" style={style as CSSProperties}>
      <p className="text-[12.5px] text-ultramarine">{t(`settings.accent.${theme}`)}</p>
      <p aria-hidden="true" className="mt-2 flex flex-wrap gap-2">
        <span className="rounded-button bg-ultramarine px-3 py-1.5 font-medium text-on-accent">{t('settings.accent.sample')}</span>
        <span className="rounded-button bg-ultramarine/12 px-3 py-1.5 font-medium text-ultramarine">{t('settings.accent.sample')}</span>
      </p>
    </div>
  )
}

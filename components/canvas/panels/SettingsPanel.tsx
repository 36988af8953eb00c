'use client'

import type { ReactNode } from 'react'
import { LanguageSelect } from '../../LanguageSelect.tsx'
import { useWords } from '../../language.tsx'
import { ChoiceRow } from '../../ui/ChoiceRow.tsx'
import { SwitchRow } from '../../ui/SwitchRow.tsx'
import { useCanvasParts, useSession, useUi } from '../canvas-context.ts'
import { choose } from '../ui-store.ts'
import { DeviceSettings } from './settings/DeviceSettings.tsx'
import { KeySettings } from './settings/KeySettings.tsx'
import { ReadySettings } from './settings/ReadySettings.tsx'

const Section = ({ title, children }: { title: string; children: ReactNode }) => (
  <section className="border-line border-t pt-3 pb-4 first:border-t-0 first:pt-0 last:pb-0">
    <h3 className="mb-1 font-medium text-[12.5px] text-muted">{title}</h3>
    {children}
  </section>
)

const LookSettings = () => {
  const { t } = useWords()
  const { ui } = useCanvasParts()
  const theme = useUi((state) => state.theme)
  const motion = useUi((state) => state.motion)
  const grid = useUi((state) => state.grid)
  return (
    <>
      <ChoiceRow
        label={t('settings.theme')}
        value={theme}
        choices={(['system', 'light', 'dark'] as const).map((value) => ({ value, label: t(`settings.themes.${value}`) }))}
        onChange={(value) => choose(ui, { theme: value })}
        data-testid="setting-theme"
      />
      <ChoiceRow
        label={t('settings.motion')}
        hint={t('settings.motionHint')}
        value={motion}
        choices={(['system', 'less'] as const).map((value) => ({ value, label: t(`settings.motions.${value}`) }))}
        onChange={(value) => choose(ui, { motion: value })}
        data-testid="setting-motion"
      />
      <SwitchRow label={t('tools.grid')} checked={grid} onChange={(on) => choose(ui, { grid: on })} data-testid="setting-grid" />
    </>
  )
}

const LanguageSettings = () => {
  const { t } = useWords()
  const isWaiting = useSession((state) => state.pending > 0)
  return (
    <>
      <LanguageSelect className="min-h-[44px]" isDisabled={isWaiting} />
      {isWaiting && <p className="text-[12.5px] text-muted">{t('language.waiting')}</p>}
    </>
  )
}

/** What a painter sets for this device. */
export const SettingsPanel = () => {
  const { t } = useWords()
  return (
    <div data-testid="settings">
      <Section title={t('settings.look')}>
        <LookSettings />
      </Section>
      <Section title={t('ready.section')}>
        <ReadySettings />
      </Section>
      <Section title={t('settings.language')}>
        <LanguageSettings />
      </Section>
      <Section title={t('settings.keys')}>
        <KeySettings />
      </Section>
      <Section title={t('settings.device')}>
        <DeviceSettings />
      </Section>
    </div>
  )
}

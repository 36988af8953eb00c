import type { AdminCanvas } from '../../../lib/show-canvas.ts'
import { type ShownSite, siteLimits } from '../../../lib/site.ts'
import { problemText } from '../../../lib/words/operations-words.ts'
import { Card } from '../fields/Card.tsx'
import { EditForm } from '../fields/EditForm.tsx'
import { SaveBar } from '../fields/SaveBar.tsx'
import { TextField } from '../fields/TextField.tsx'
import { useOperationsWords } from '../use-operations-words.ts'
import { AccentField } from './AccentField.tsx'
import { LogoField } from './LogoField.tsx'
import { Meanwhile } from './Meanwhile.tsx'
import { StartPageField } from './StartPageField.tsx'
import { editedFields, type SettingField, shownText } from './settings-form.ts'
import type { Settings, SettingsState } from './settings-store.ts'
import { TextArea } from './TextArea.tsx'

interface SettingsFormProps {
  readonly site: ShownSite
  readonly settings: Settings
  readonly state: SettingsState
  readonly boards: readonly AdminCanvas[] | null
}

export const SettingsForm = ({ site, settings, state, boards }: SettingsFormProps) => {
  const words = useOperationsWords()
  const { t } = words
  const { draft } = state
  const base = draft?.base ?? site
  const propsOf = (field: SettingField) => ({
    field,
    value: shownText(base, draft?.typed ?? {}, field),
    isWrong: draft?.wrong.includes(field) ?? false,
    onChange: (text: string) => settings.type(field, text),
  })
  const { field: name, ...nameProps } = propsOf('name')
  return (
    <EditForm label={t('settings.form')} testId="settings-form" attempts={draft?.attempts ?? 0} onSave={() => void settings.save()}>
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Card title={t('settings.cards.name')} className="flex flex-col gap-4">
          <TextField
            {...nameProps}
            label={t('settings.fields.name')}
            name={name}
            note={t('settings.hints.name')}
            wrong={nameProps.isWrong ? t('settings.wrong.name', { max: siteLimits.maxName }) : null}
          />
          <TextArea {...propsOf('description')} field="description" max={siteLimits.maxDescription} rows={2} />
          <StartPageField {...propsOf('defaultCanvas')} boards={boards} />
        </Card>
        <Card title={t('settings.cards.look')} className="flex flex-col gap-4">
          <LogoField site={site} settings={settings} state={state} />
          <AccentField {...propsOf('accent')} />
        </Card>
      </div>
      <Card title={t('settings.cards.texts')} className="flex flex-col gap-4">
        <TextArea {...propsOf('contact')} field="contact" max={siteLimits.maxContact} rows={2} />
        <TextArea {...propsOf('privacy')} field="privacy" max={siteLimits.maxPrivacy} rows={8} />
      </Card>
      {draft?.meanwhile ? <Meanwhile differences={draft.meanwhile} /> : null}
      {draft?.problem ? (
        <p role="alert" className="text-[color-mix(in_oklch,var(--sinopia)_80%,var(--ink))]">
          {problemText(words, draft.problem)}
        </p>
      ) : null}
      <SaveBar
        edited={draft ? editedFields(draft.base, draft.typed).map((field) => t(`settings.fields.${field}`)) : []}
        isSaving={state.isSaving}
        isSaved={state.isSaved}
        savedText={t('settings.saved')}
        isOver={draft?.meanwhile != null}
        onDiscard={settings.discard}
      />
    </EditForm>
  )
}

'use client'
/** The settings of the server: each with its value and where it comes from. Those that a host has set come first. */
import { problemText, roleText } from '../../../lib/words/operations-words.ts'
import { Card } from '../fields/Card.tsx'
import { plainButton } from '../fields/field-styles.ts'
import { useOperationsWords } from '../use-operations-words.ts'
import { type ServerSetting, type ServerSettings, useServerSettings } from './use-server-settings.ts'

export const ServerSettingsCard = () => {
  const words = useOperationsWords()
  const { t } = words
  const { found, problem, load } = useServerSettings()
  return (
    <Card title={t('server.title')} testId="server-settings">
      {problem === null ? null : (
        <div role="alert" className="mt-3 flex flex-wrap items-center gap-3">
          <p className="text-muted">{`${t('server.failed')} ${problemText(words, problem)}`}</p>
          <button type="button" className={plainButton} onClick={() => void load()}>
            {t('server.tryNow')}
          </button>
        </div>
      )}
      {found === null ? <Loading isMoving={problem === null} /> : <Found found={found} />}
    </Card>
  )
}

const Found = ({ found: { process, settings } }: { found: ServerSettings }) => {
  const words = useOperationsWords()
  const { t, list } = words
  const given = settings.filter(({ source }) => source !== 'default')
  const others = settings.filter(({ source }) => source === 'default')
  return (
    <>
      <p className="mt-3 text-muted">
        {t('server.body', { id: process.id, roles: list(process.roles.map((role) => roleText(words, role))) })}
      </p>
      {given.length === 0 ? <p className="mt-3 text-muted">{t('server.noneSet')}</p> : <Settings settings={given} />}
      <details className="mt-3">
        <summary className="cursor-pointer rounded-button py-2 hover:text-ultramarine">
          {t('server.defaults', { count: others.length })}
        </summary>
        <Settings settings={others} />
      </details>
    </>
  )
}

const Settings = ({ settings }: { settings: readonly ServerSetting[] }) => {
  const { t } = useOperationsWords()
  return (
    <table className="mt-3 w-full table-fixed">
      <thead>
        <tr className="border-line border-b text-left text-[12.5px] text-muted">
          <th className="w-1/2 py-2 pr-4 font-normal sm:w-72">{t('server.setting')}</th>
          <th className="py-2 pr-4 font-normal">{t('server.value')}</th>
          <th className="w-36 py-2 font-normal max-sm:hidden">{t('server.source')}</th>
        </tr>
      </thead>
      <tbody>
        {settings.map((setting) => (
          <Row key={setting.name} {...setting} />
        ))}
      </tbody>
    </table>
  )
}

/** Without a value they are made at the first start. */
const generated: ReadonlySet<string> = new Set(['ADMIN_TOKEN', 'SESSION_SECRET'])

const isSecret = ({ name, value }: ServerSetting) => value === 'set' && /TOKEN|SECRET|PASSWORD|HEADERS|_KEY$/.test(name)

const Row = (setting: ServerSetting) => {
  const { t } = useOperationsWords()
  const { name, value, source } = setting
  const missing = generated.has(name) ? t('server.generated') : t('server.none')
  const text = isSecret(setting) ? t('server.secret') : (value ?? missing)
  return (
    <tr className="border-line border-b align-baseline last:border-0" data-testid="server-setting" data-state={source}>
      <td className="numbers break-words py-2 pr-4" translate="no">
        {name}
      </td>
      <td className="py-2 pr-4">
        <span
          className={`line-clamp-3 break-words ${value === null || isSecret(setting) ? 'text-muted' : 'numbers'}`}
          title={text}
          translate="no"
        >
          {text}
        </span>
        <span className="block text-[12.5px] text-muted sm:hidden">{t(`server.sources.${source}`)}</span>
      </td>
      <td className="py-2 text-muted max-sm:hidden">{t(`server.sources.${source}`)}</td>
    </tr>
  )
}

const Loading = ({ isMoving }: { isMoving: boolean }) => (
  <div aria-hidden="true" className={`mt-4 flex flex-col gap-3 ${isMoving ? 'breathing' : ''}`}>
    <div className="h-3.5 w-2/3 rounded-full bg-ink/6" />
    <div className="h-3.5 w-1/2 rounded-full bg-ink/6" />
    <div className="h-3.5 w-3/5 rounded-full bg-ink/6" />
  </div>
)

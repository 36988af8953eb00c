/** The settings as operators see them: the value, where it comes from, and no secrets. */

export type SettingSource = 'environment' | 'file' | 'default'

export interface ShownSetting {
  readonly name: string
  /** Null without a value. Of a secret only `set`. */
  readonly value: string | null
  readonly source: SettingSource
}

/** Also covers settings that are added later: a name that sounds like a secret is one. */
const secretName = /TOKEN|SECRET|PASSWORD|HEADERS|_KEY$/

/** Removes user names, passwords and secret parameters from addresses. The addresses of a list are separated by commas. */
export const withoutPasswords = (text: string): string =>
  text
    .split(/,(?=[a-z][a-z0-9+.-]*:\/\/)/i)
    .map((address) =>
      address.replace(/:\/\/.*@/s, '://…@').replace(/([?&][^=&]*(?:password|token|secret|key|properties)[^=&]*=)[^&]*/gi, '$1…'),
    )
    .join(',')

const defaultText = (value: unknown): string | null => {
  if (Array.isArray(value)) return value.length === 0 ? null : value.join(',')
  return typeof value === 'string' || typeof value === 'number' ? String(value) || null : null
}

export interface SettingsToShow {
  readonly names: readonly string[]
  /** The variables that are not empty. */
  readonly set: Readonly<Record<string, string | undefined>>
  /** Those of them that come from the file. */
  readonly fromFile: ReadonlySet<string>
  readonly defaults: Readonly<Record<string, unknown>>
}

export const showSettings = ({ names, set, fromFile, defaults }: SettingsToShow): ShownSetting[] =>
  names.map((name) => {
    const value = set[name]
    if (value === undefined) return { name, value: defaultText(defaults[name]), source: 'default' }
    const source = fromFile.has(name) ? 'file' : 'environment'
    return { name, value: secretName.test(name) ? 'set' : withoutPasswords(value), source }
  })

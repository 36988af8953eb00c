/** What a host may type for the site, and the change that it makes. */
import { isLine, isLines } from '../../../lib/canvas.ts'
import { hexPattern } from '../../../lib/palette.ts'
import { type ShownSite, type SiteSettings, siteLimits } from '../../../lib/site.ts'

export const settingFields = ['name', 'description', 'contact', 'privacy', 'accent', 'defaultCanvas'] as const
export type SettingField = (typeof settingFields)[number]

/** The texts of the touched fields. An empty accent or default board is none. */
export type Typed = Readonly<Partial<Record<SettingField, string>>>

export interface Difference {
  readonly field: SettingField
  readonly before: string
  readonly after: string
}

/** The text of a field before anybody types in it. */
export const textOf = (site: ShownSite, field: SettingField): string => site[field] ?? ''

export const shownText = (site: ShownSite, typed: Typed, field: SettingField): string => typed[field] ?? textOf(site, field)

/** The text as the server keeps it, so that a space at the end is no change. */
const keptText = (field: SettingField, text: string) => {
  if (field === 'accent') return text.trim().toUpperCase()
  return field === 'name' ? text.trim() : text.trimEnd()
}

const isAccepted = (field: SettingField, text: string): boolean => {
  switch (field) {
    case 'name':
      return isLine(text, siteLimits.maxName)
    case 'description':
      return isLines(text, siteLimits.maxDescription)
    case 'contact':
      return isLines(text, siteLimits.maxContact)
    case 'privacy':
      return isLines(text, siteLimits.maxPrivacy)
    case 'accent':
      return text === '' || hexPattern.test(text)
    case 'defaultCanvas':
      return true
  }
}

/** The fields whose text means something else than the site has. */
export const editedFields = (site: ShownSite, typed: Typed): SettingField[] =>
  settingFields.filter((field) => typed[field] !== undefined && keptText(field, typed[field]) !== textOf(site, field))

/** The fields that the server would refuse. */
export const wrongFields = (site: ShownSite, typed: Typed): SettingField[] =>
  editedFields(site, typed).filter((field) => !isAccepted(field, keptText(field, typed[field] ?? '')))

/** The edited fields as the server gets them. Call it when no field is wrong. */
export const changeOf = (site: ShownSite, typed: Typed): Partial<SiteSettings> =>
  Object.fromEntries(
    editedFields(site, typed).map((field) => {
      const text = keptText(field, typed[field] ?? '')
      const canBeNull = field === 'accent' || field === 'defaultCanvas'
      return [field, text === '' && canBeNull ? null : text]
    }),
  )

export const differencesOf = (before: ShownSite, after: ShownSite): Difference[] =>
  settingFields.flatMap((field) => {
    const [old, now] = [textOf(before, field), textOf(after, field)]
    return old === now ? [] : [{ field, before: old, after: now }]
  })

/** Whether what is shown differs from the settings, even if it means the same. */
export const isTouched = (site: ShownSite, typed: Typed): boolean =>
  settingFields.some((field) => shownText(site, typed, field) !== textOf(site, field))

export const isSameRevision = (one: ShownSite, other: ShownSite) => one.rev === other.rev

/** The fields that a refusal of the server is about. */
export const refusedFields = (paths: readonly string[]): SettingField[] => settingFields.filter((field) => paths.includes(field))

'use client'

/** Why a template could not be shared or changed, as a sentence. */
import type { enLinkedTemplates } from '../../../../lib/words/en-linked-templates.ts'
import { useWords } from '../../../language.tsx'

/** A code of the server, or one of the page. */
export type LinkErrorCode = string

type Known = keyof typeof enLinkedTemplates.errors

export const useLinkErrors = () => {
  const { t } = useWords()
  const isKnown = (code: LinkErrorCode): code is Known => (t.has as (key: string) => boolean)(`linkedTemplates.errors.${code}`)
  return (code: LinkErrorCode) => t(`linkedTemplates.errors.${isKnown(code) ? code : 'other'}`)
}

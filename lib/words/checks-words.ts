/** The sentences of a check's finding. */
import type { CheckResult } from '../checks.ts'
import { enChecks } from './en-checks.ts'
import type { OperationsWords } from './operations-words.ts'

export interface FindingText {
  readonly title: string
  readonly says: string
  /** What to do; null when there is nothing. */
  readonly remedy: string | null
}

type Key = Parameters<OperationsWords['t']>[0]

/** A code of a newer server is shown as it is. */
export const findingText = ({ t }: Pick<OperationsWords, 't'>, { check, subject, finding, params }: CheckResult): FindingText => {
  const has = (part: object, code: string) => Object.hasOwn(part, code)
  const title = has(enChecks.titles, check) ? t(`checks.titles.${check}`) : check
  return {
    title: subject === null ? title : `${title} (${subject})`,
    says: has(enChecks.says, finding) ? t(`checks.says.${finding}` as Key, params) : `${finding} ${JSON.stringify(params)}`,
    remedy: has(enChecks.remedies, finding) ? t(`checks.remedies.${finding}` as Key, params) : null,
  }
}

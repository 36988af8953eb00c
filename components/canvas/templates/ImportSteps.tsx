'use client'

import { templateLimits } from '../../../lib/templates/template.ts'
import type { TemplateEntry } from '../../../lib/templates/template-entry.ts'
import type { TemplateProblem } from '../../../lib/templates/template-problem.ts'
import type { PageWords } from '../../../lib/words/page-words.ts'
import { useWords } from '../../language.tsx'
import { LoadingRows } from '../panels/FailureNote.tsx'
import { ChooseFile } from './AddTemplate.tsx'
import type { ImportState } from './template-imports.ts'
import { useLoadedTemplates } from './use-templates.ts'

type State = Exclude<ImportState, { step: 'idle' | 'placing' }>

const buttonClass = 'h-9 rounded-button border border-line px-3.5 font-medium hover:bg-ink/6 pointer-coarse:h-[44px]'

/** What comes before a new template is on the board. */
export const ImportSteps = ({ state }: { state: State }) => {
  switch (state.step) {
    case 'reading':
      return <Reading file={state.file} />
    case 'choosing':
      return <Choosing file={state.file} entries={state.entries} />
    case 'asking':
      return <Asking entry={state.entry} />
    case 'problem':
      return <Problem file={state.file} problem={state.problem} />
  }
}

const CancelButton = () => {
  const { t } = useWords()
  const { imports } = useLoadedTemplates()
  return (
    <button type="button" onClick={() => imports.cancel()} className={buttonClass}>
      {t('templates.cancel')}
    </button>
  )
}

const Reading = ({ file }: { file: string }) => {
  const { t } = useWords()
  return (
    <div role="status" data-testid="template-reading">
      <p className="mb-3 truncate text-muted">{t('templates.reading', { file })}</p>
      <LoadingRows rows={3} />
      <div className="mt-3">
        <CancelButton />
      </div>
    </div>
  )
}

const Choosing = ({ file, entries }: { file: string; entries: readonly TemplateEntry[] }) => {
  const { t } = useWords()
  const { imports } = useLoadedTemplates()
  return (
    <div data-testid="template-entries">
      <p className="font-medium">{t('templates.several', { count: entries.length })}</p>
      <ul className="-mx-2 mt-2">
        {entries.map((entry, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the entries of a file never change
          <li key={index}>
            <button
              type="button"
              onClick={() => void imports.choose(entry, file)}
              className="flex min-h-10 w-full items-center justify-between gap-3 rounded-button px-2 text-start hover:bg-ink/6 pointer-coarse:min-h-[44px]"
            >
              <span dir="auto" className="min-w-0 truncate">
                {entry.name || t('templates.unnamed')}
              </span>
              {entry.at && (
                <span className="numbers shrink-0 text-[12.5px] text-muted">
                  {t('templates.position', { x: entry.at.x, y: entry.at.y })}
                </span>
              )}
            </button>
          </li>
        ))}
      </ul>
      <div className="mt-3">
        <CancelButton />
      </div>
    </div>
  )
}

const Asking = ({ entry }: { entry: TemplateEntry }) => {
  const { t } = useWords()
  const address = entry.picture.kind === 'address' ? entry.picture.address : ''
  return (
    <div data-testid="template-asking">
      <p className="font-medium">{t('templates.ask.title', { name: entry.name || t('templates.unnamed') })}</p>
      <p className="mt-1 text-[13px] text-muted">{t('templates.ask.body')}</p>
      <p dir="ltr" className="numbers mt-2 max-h-24 overflow-y-auto rounded-[8px] bg-plaster p-2 text-[12px] wrap-anywhere select-text">
        {address}
      </p>
      <div className="mt-3 flex flex-wrap gap-2">
        <ChooseFile className="h-9 rounded-button bg-ultramarine px-4 font-medium text-on-accent pointer-coarse:h-[44px]">
          <span>{t('templates.choose')}</span>
        </ChooseFile>
        <CancelButton />
      </div>
    </div>
  )
}

const Problem = ({ file, problem }: { file: string; problem: TemplateProblem }) => {
  const words = useWords()
  const { t } = words
  return (
    <div role="alert" data-testid="template-problem" data-code={problem.code} className="flex gap-3">
      <span aria-hidden className="mt-1.5 size-2 shrink-0 rotate-45 bg-sinopia" />
      <div className="min-w-0">
        <p dir="auto" className="font-medium wrap-anywhere">
          {file ? t('templates.problem.title', { file }) : t('templates.problem.titleOfText')}
        </p>
        <p className="mt-1 text-[13px] wrap-anywhere text-muted">{problemText(words, problem)}</p>
        <p className="mt-1 text-[13px] text-muted">{t('templates.problem.kinds')}</p>
        <div className="mt-3 flex flex-wrap gap-2">
          <ChooseFile className={buttonClass}>
            <span>{t('templates.chooseAnother')}</span>
          </ChooseFile>
          <CancelButton />
        </div>
      </div>
    </div>
  )
}

const problemText = ({ t }: PageWords, problem: TemplateProblem): string => {
  switch (problem.code) {
    case 'damaged_png':
      return t(`templates.problem.png.${problem.fault}`)
    case 'file_too_large':
      return t('templates.problem.file_too_large', { max: problem.maxMiB })
    case 'wrong_field':
      return t('templates.problem.wrong_field', { field: problem.field })
    case 'too_many_pixels':
    case 'too_many_cells': {
      const { code, width, height, max } = problem
      return t(`templates.problem.${code}`, { width, height, max })
    }
    case 'list_full':
      return t('templates.problem.list_full', { max: templateLimits.maxTemplates })
    default:
      return t(`templates.problem.${problem.code}`)
  }
}

'use client'

/** The card of the templates: the list and the chosen one, or what is being added. */
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { useWords } from '../../language.tsx'
import { useCanvasParts } from '../canvas-context.ts'
import { FailureNote, LoadingRows } from '../panels/FailureNote.tsx'
import { useSheets } from '../use-media-query.ts'
import { AddTemplate, DropArea } from './AddTemplate.tsx'
import { ImportSteps } from './ImportSteps.tsx'
import { NewTemplate } from './NewTemplate.tsx'
import { SelectedTemplate } from './SelectedTemplate.tsx'
import { TemplateFollowing } from './TemplateFollowing.tsx'
import { TemplateList } from './TemplateList.tsx'
import { useImportState, useTemplateState } from './use-templates.ts'

export const TemplatePanel = () => {
  const { t } = useWords()
  const { templates } = useCanvasParts()
  const isLoaded = useStore(templates.state, ({ store }) => store !== null)
  const [hasFailed, setFailed] = useState(false)
  const load = () => {
    setFailed(false)
    templates.load().catch(() => setFailed(true))
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the card opens
  useEffect(load, [])
  if (isLoaded) return <Loaded />
  if (!hasFailed) return <LoadingRows rows={4} />
  return <FailureNote title={t('panel.failed')} body={t('templates.nothingLost')} action={t('failed.action')} onAction={load} />
}

const Loaded = () => {
  const imported = useImportState()
  const isEmpty = useTemplateState((state) => state.templates.length === 0)
  const isMoving = useTemplateState((state) => state.draft !== null)
  useLowWhilePlacing(isMoving)
  if (imported.step === 'placing') return <NewTemplate state={imported} />
  if (imported.step !== 'idle') return <ImportSteps state={imported} />
  return (
    <div data-testid="templates" className="-m-4 divide-y divide-line">
      <StorageNotes />
      {isEmpty ? <DropArea /> : <TemplateList />}
      <TemplateFollowing />
      <SelectedTemplate />
      <AddTemplate />
    </div>
  )
}

/** On a phone, the sheet makes room for the board when a template is placed. */
const useLowWhilePlacing = (isPlacing: boolean) => {
  const { ui } = useCanvasParts()
  const isSheet = useSheets()
  useEffect(() => {
    if (isPlacing && isSheet) ui.setState({ panelIsLow: true })
  }, [isPlacing, isSheet, ui])
}

const StorageNotes = () => {
  const { t } = useWords()
  const storage = useTemplateState((state) => state.storage)
  const unreadable = useTemplateState((state) => state.unreadable)
  if (storage === 'saved' && unreadable === 0) return null
  return (
    <div role="status" data-testid="template-storage" data-state={storage} className="space-y-1 px-4 py-3 text-[13px]">
      {storage !== 'saved' && <p>{t(`templates.storage.${storage}`)}</p>}
      {unreadable > 0 && <p>{t('templates.storage.unreadable', { count: unreadable })}</p>}
    </div>
  )
}

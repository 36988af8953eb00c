'use client'

import { useState } from 'react'
import { useWords } from '../../../language.tsx'
import { useSession } from '../../canvas-context.ts'
import { eraseDeviceData, exportDeviceData } from '../../device-data.ts'

const buttonClass =
  'min-h-9 rounded-button border border-line px-3 text-[13px] hover:bg-ink/6 disabled:text-muted pointer-coarse:min-h-[44px]'

const download = (text: string, name: string) => {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  link.download = name
  link.click()
  // Safari reads the address a little later.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

/** Exports and erases what is kept in this browser. */
export const DeviceSettings = () => {
  const { t } = useWords()
  const isWaiting = useSession((state) => state.pending > 0)
  const [state, setState] = useState<'idle' | 'asking' | 'working' | 'failed'>('idle')
  const run = (act: () => Promise<void>) => {
    setState('working')
    act().then(
      () => setState('idle'),
      () => setState('failed'),
    )
  }
  const onExport = () =>
    run(async () => {
      const now = new Date()
      download(await exportDeviceData(now), `fresco-${now.toISOString().slice(0, 10)}.json`)
    })
  const onErase = () =>
    run(async () => {
      await eraseDeviceData()
      location.reload()
    })
  return (
    <>
      <p className="text-[12.5px] text-muted">{t('settings.deviceHint')}</p>
      {state === 'asking' ? (
        <div role="alertdialog" aria-label={t('settings.erase')} className="mt-2 rounded-button border border-sinopia p-3">
          <p>{t('settings.eraseAsk')}</p>
          <div className="mt-2 flex flex-wrap gap-2">
            <button
              type="button"
              className="min-h-9 rounded-button bg-sinopia px-3 font-medium text-[13px] text-on-accent disabled:opacity-50 pointer-coarse:min-h-[44px]"
              disabled={isWaiting}
              onClick={onErase}
            >
              {t('settings.eraseNow')}
            </button>
            {/* biome-ignore lint/a11y/noAutofocus: the question has just appeared where the pressed button was. */}
            <button type="button" autoFocus className={buttonClass} onClick={() => setState('idle')}>
              {t('settings.keep')}
            </button>
          </div>
        </div>
      ) : (
        <div className="mt-2 flex flex-wrap gap-2">
          <button type="button" className={buttonClass} disabled={state === 'working'} onClick={onExport}>
            {t('settings.export')}
          </button>
          <button type="button" className={buttonClass} disabled={state === 'working' || isWaiting} onClick={() => setState('asking')}>
            {t('settings.erase')}
          </button>
        </div>
      )}
      <p role="status" className="mt-2 text-[12.5px] text-muted empty:hidden">
        {state === 'failed' ? t('settings.deviceFailed') : isWaiting ? t('settings.eraseWaiting') : ''}
      </p>
    </>
  )
}

'use client'

import { useEffect, useState } from 'react'
import { useWords } from '../../../language.tsx'
import { ChoiceRow } from '../../../ui/ChoiceRow.tsx'
import { SwitchRow } from '../../../ui/SwitchRow.tsx'
import { useCanvasParts, useSession, useUi } from '../../canvas-context.ts'
import { choose } from '../../ui-store.ts'
import { askForNotifications, type NotificationProblem, notificationProblem } from '../../voice/notifications.ts'
import { playSound, unlockSound } from '../../voice/sound.ts'

/** The permission may change outside the page, and is looked at again when the painter comes back. */
const useProblem = () => {
  const [problem, setProblem] = useState<NotificationProblem | null>(notificationProblem)
  useEffect(() => {
    const look = () => setProblem(notificationProblem())
    addEventListener('focus', look)
    return () => removeEventListener('focus', look)
  }, [])
  return [problem, () => setProblem(notificationProblem())] as const
}

/** How the page tells that charges are back. */
export const ReadySettings = () => {
  const { t } = useWords()
  const { ui } = useCanvasParts()
  const ready = useUi((state) => state.ready)
  const title = useUi((state) => state.title)
  const sound = useUi((state) => state.sound)
  const notify = useUi((state) => state.notify)
  const isFree = useSession((state) => state.charges?.available === null)
  const [problem, look] = useProblem()
  const onNotify = (on: boolean) => {
    if (!on) return choose(ui, { notify: false })
    askForNotifications().then(
      (isAllowed) => {
        if (isAllowed) choose(ui, { notify: true })
        look()
      },
      () => look(),
    )
  }
  return (
    <>
      {isFree && <p className="text-[12.5px] text-muted">{t('ready.free')}</p>}
      <ChoiceRow
        label={t('ready.when')}
        value={ready}
        choices={(['next', 'full'] as const).map((value) => ({ value, label: t(`ready.${value}`) }))}
        onChange={(value) => choose(ui, { ready: value })}
        data-testid="setting-ready"
      />
      <SwitchRow
        label={t('ready.title')}
        hint={t('ready.titleHint')}
        checked={title}
        onChange={(on) => choose(ui, { title: on })}
        data-testid="setting-title"
      />
      <SwitchRow
        label={t('ready.sound')}
        checked={sound}
        onChange={(on) => {
          choose(ui, { sound: on })
          if (!on) return
          unlockSound()
          playSound()
        }}
        data-testid="setting-sound"
      />
      <SwitchRow
        label={t('ready.notify')}
        hint={t(problem ? `ready.problems.${problem}` : 'ready.notifyHint')}
        checked={notify && problem === null}
        isDisabled={problem !== null}
        onChange={onNotify}
        data-testid="setting-notify"
      />
    </>
  )
}

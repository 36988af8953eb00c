'use client'

import { LanguageSelect } from '../../LanguageSelect.tsx'
import { useWords } from '../../language.tsx'
import { SiteLinks } from '../../SiteFooter.tsx'
import { SwitchRow } from '../../ui/SwitchRow.tsx'
import { useCanvasParts, useSession, useUi } from '../canvas-context.ts'
import { commands, isLetterKey, keysOf, keyText } from '../commands.ts'
import { choose } from '../ui-store.ts'

const keys = ['move', 'paint', 'draw', 'choose', 'pick', 'inspect'] as const
const gestures = ['choose', 'paint', 'draw', 'move', 'zoom', 'inspect'] as const

const KeyRow = ({ input, action }: { input: string; action: string }) => (
  <div className="flex items-baseline justify-between gap-4 py-1.5">
    <dt className="font-mono text-[13px] whitespace-pre">{input || '–'}</dt>
    <dd className="text-end text-[13px]">{action}</dd>
  </div>
)

/** Explains painting, and lists the keys or the gestures. */
export const HelpPanel = () => {
  const words = useWords()
  const { t } = words
  const { ui } = useCanvasParts()
  const letters = useUi((state) => state.letters)
  const chosen = useUi((state) => state.keys)
  const touch = useUi((state) => state.touch)
  const pending = useSession((state) => state.pending)
  const isUsable = (key: string) => letters || !isLetterKey(key)
  const rows = touch
    ? gestures.map((name) => ({ input: t(`help.gestures.${name}.input`), action: t(`help.gestures.${name}.action`) }))
    : keys.map((name) => ({ input: t(`help.keys.${name}.input`), action: t(`help.keys.${name}.action`) }))
  return (
    <>
      <p className="text-muted">{t(touch ? 'help.introTouch' : 'help.intro')}</p>
      <p className="mt-2 text-muted">{t('help.charges')}</p>
      <h3 className="mt-5 text-[12.5px] font-medium text-muted">{t(touch ? 'help.touch' : 'help.keyboard')}</h3>
      <dl className="mt-2 divide-y divide-line">
        {rows.map(({ input, action }) => (
          <KeyRow key={input} input={input} action={action} />
        ))}
      </dl>
      {!touch && (
        <>
          <dl className="divide-y divide-line border-t border-line">
            {commands.map(({ id, label }) => (
              <KeyRow key={id} input={keysOf(chosen, id).filter(isUsable).map(keyText).join('  ')} action={label(words)} />
            ))}
          </dl>
          <SwitchRow
            label={t('help.letters')}
            hint={t('help.lettersHint')}
            checked={letters}
            onChange={(on) => choose(ui, { letters: on })}
          />
          <button
            type="button"
            className="mt-1 min-h-9 rounded-button border border-line px-3 text-[13px] hover:bg-ink/6"
            onClick={() => ui.setState({ panel: 'settings', panelIsLow: false })}
          >
            {t('settings.keysChange')}
          </button>
        </>
      )}
      <LanguageSelect className="mt-4 min-h-[44px]" isDisabled={pending > 0} />
      {pending > 0 && <p className="text-[12.5px] text-muted">{t('language.waiting')}</p>}
      <SiteLinks className="mt-5 border-line border-t pt-4" />
    </>
  )
}

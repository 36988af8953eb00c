'use client'

import { Switch } from 'radix-ui'
import { LanguageSelect } from '../../LanguageSelect.tsx'
import { useWords } from '../../language.tsx'
import { SiteLinks } from '../../SiteFooter.tsx'
import { useCanvasParts, useSession, useUi } from '../canvas-context.ts'
import { choose } from '../ui-store.ts'

const keys = ['move', 'paint', 'choose', 'step', 'pick', 'inspect', 'zoom', 'grid', 'help'] as const
const gestures = ['choose', 'paint', 'move', 'zoom', 'inspect'] as const

/** Explains painting, and lists the keys or the gestures. */
export const HelpPanel = () => {
  const { t } = useWords()
  const { ui } = useCanvasParts()
  const letters = useUi((state) => state.letters)
  const touch = useUi((state) => state.touch)
  const pending = useSession((state) => state.pending)
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
          <div key={input} className="flex items-baseline justify-between gap-4 py-1.5">
            <dt className="font-mono text-[13px] whitespace-nowrap">{input}</dt>
            <dd className="text-end text-[13px]">{action}</dd>
          </div>
        ))}
      </dl>
      {!touch && (
        <label className="mt-4 flex min-h-[44px] items-center justify-between gap-4" htmlFor="letter-keys">
          <span>
            <span>{t('help.letters')}</span>
            <span className="block text-[12.5px] text-muted">{t('help.lettersHint')}</span>
          </span>
          <Switch.Root
            id="letter-keys"
            checked={letters}
            onCheckedChange={(on) => choose(ui, { letters: on })}
            className="h-6 w-10 shrink-0 rounded-full bg-line p-0.5 transition-colors data-[state=checked]:bg-ultramarine"
          >
            <Switch.Thumb className="block size-5 rounded-full bg-surface transition-transform data-[state=checked]:translate-x-4 rtl:data-[state=checked]:-translate-x-4" />
          </Switch.Root>
        </label>
      )}
      <LanguageSelect className="mt-4 min-h-[44px]" isDisabled={pending > 0} />
      {pending > 0 && <p className="text-[12.5px] text-muted">{t('language.waiting')}</p>}
      <SiteLinks className="mt-5 border-line border-t pt-4" />
    </>
  )
}

'use client'

import { Check, User } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { type ReactElement, useState } from 'react'
import { useWords } from '../language.tsx'
import { useCanvasParts, useUi } from './canvas-context.ts'
import { panelsIn } from './panels/panels.ts'
import type { Preferences } from './preferences.ts'
import type { PainterInfo } from './session/types.ts'
import { choose, showPainter } from './ui-store.ts'

export interface PainterMenuProps {
  readonly painter: PainterInfo
  /** The button that opens it. */
  readonly children: ReactElement
}

const itemClass =
  'flex min-h-9 cursor-pointer items-center gap-2.5 rounded-button px-2.5 outline-none data-[highlighted]:bg-ink/6 pointer-coarse:min-h-[44px]'

const themes: readonly Preferences['theme'][] = ['system', 'light', 'dark']

/** The menu of the painter's card. It is open when it is first shown, because the click that loads it opens it. */
export const PainterMenu = ({ painter, children }: PainterMenuProps) => {
  const words = useWords()
  const { t, language } = words
  const { ui } = useCanvasParts()
  const theme = useUi((state) => state.theme)
  const [isOpen, setOpen] = useState(true)
  return (
    <DropdownMenu.Root open={isOpen} onOpenChange={setOpen} modal={false} dir={language === 'ar' ? 'rtl' : 'ltr'}>
      <DropdownMenu.Trigger asChild>{children}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="end" sideOffset={10} collisionPadding={10} className="card rising z-40 min-w-56 p-1.5">
          <DropdownMenu.Label translate="no" className="px-2.5 pt-1 pb-1.5 font-semibold">
            <span>{painter.name}</span>
          </DropdownMenu.Label>
          <DropdownMenu.Item className={itemClass} onSelect={() => showPainter(ui, painter.id)}>
            <User size={17} strokeWidth={1.8} aria-hidden />
            <span>{t('settings.profile')}</span>
          </DropdownMenu.Item>
          {panelsIn('menu').map(({ id, icon: Icon, label }) => (
            <DropdownMenu.Item key={id} className={itemClass} onSelect={() => ui.setState({ panel: id, panelIsLow: false })}>
              <Icon size={17} strokeWidth={1.8} aria-hidden />
              <span>{label(words)}</span>
            </DropdownMenu.Item>
          ))}
          <DropdownMenu.Separator className="mx-2.5 my-1.5 h-px bg-line" />
          <DropdownMenu.RadioGroup value={theme} onValueChange={(value) => choose(ui, { theme: value as Preferences['theme'] })}>
            {themes.map((each) => (
              <DropdownMenu.RadioItem key={each} value={each} className={itemClass}>
                <span className="grid size-[17px] place-items-center">
                  <DropdownMenu.ItemIndicator>
                    <Check size={17} strokeWidth={1.8} aria-hidden />
                  </DropdownMenu.ItemIndicator>
                </span>
                <span>{t(`tools.theme.${each}`)}</span>
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

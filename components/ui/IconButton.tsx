'use client'

import type { LucideIcon } from 'lucide-react'
import { Tooltip } from 'radix-ui'
import type { ComponentProps } from 'react'

type Props = Omit<ComponentProps<'button'>, 'children'> & { icon: LucideIcon; label: string; shortcut?: string; chosen?: boolean }

/** A button with an icon. Its label is in the tooltip and for screen readers. */
export const IconButton = ({ icon: Icon, label, shortcut, chosen, className = '', ...rest }: Props) => (
  <Tooltip.Root>
    <Tooltip.Trigger asChild>
      <button
        type="button"
        aria-label={label}
        {...(chosen === undefined ? {} : { 'aria-pressed': chosen })}
        className={`grid size-9 place-items-center pointer-coarse:w-[44px] rounded-button pointer-coarse:rounded-card transition-colors hover:bg-ink/6 aria-pressed:bg-ultramarine/12 aria-pressed:text-ultramarine ${className}`}
        {...rest}
      >
        <Icon size={19} strokeWidth={1.8} aria-hidden />
      </button>
    </Tooltip.Trigger>
    <Tooltip.Portal>
      <Tooltip.Content
        sideOffset={10}
        collisionPadding={10}
        className="rising z-50 flex items-center gap-2 rounded-[8px] bg-ink px-2.5 py-1.5 text-[12.5px] text-surface shadow-card"
      >
        <span>{label}</span>
        {shortcut && (
          <kbd translate="no" className="numbers rounded-[4px] border border-surface/30 px-1 text-[11px]">
            {shortcut}
          </kbd>
        )}
      </Tooltip.Content>
    </Tooltip.Portal>
  </Tooltip.Root>
)

'use client'

import type { LucideIcon } from 'lucide-react'
import { Tooltip } from 'radix-ui'
import type { ComponentProps } from 'react'
import { TooltipBubble } from './TooltipBubble.tsx'

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
    <TooltipBubble>
      <span>{label}</span>
      {shortcut && (
        <kbd translate="no" className="numbers rounded-[4px] border border-surface/30 px-1 text-[11px]">
          {shortcut}
        </kbd>
      )}
    </TooltipBubble>
  </Tooltip.Root>
)

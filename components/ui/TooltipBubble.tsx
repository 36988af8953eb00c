import { Tooltip } from 'radix-ui'
import type { ReactNode } from 'react'

/** What a tooltip says, in its bubble. */
export const TooltipBubble = ({ children }: { children: ReactNode }) => (
  <Tooltip.Portal>
    <Tooltip.Content
      sideOffset={10}
      collisionPadding={10}
      className="rising z-50 flex items-center gap-2 rounded-[8px] bg-ink px-2.5 py-1.5 text-[12.5px] text-surface shadow-card"
    >
      {children}
    </Tooltip.Content>
  </Tooltip.Portal>
)

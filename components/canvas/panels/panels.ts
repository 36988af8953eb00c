/** The panels of the tool group, in its order. A new panel is one component file and one entry here. */
import { CircleQuestionMark, type LucideIcon } from 'lucide-react'
import type { ComponentType } from 'react'
import type { PageWords } from '../../../lib/words/page-words.ts'

export type PanelId = 'help'

export interface Panel {
  readonly id: PanelId
  readonly icon: LucideIcon
  /** The keys that open and close it. The first one is shown. */
  readonly keys: readonly string[]
  readonly label: (words: PageWords) => string
  readonly title: (words: PageWords) => string
  /** The content is loaded when the panel is opened. */
  readonly load: () => Promise<ComponentType>
}

export const panels: readonly Panel[] = [
  {
    id: 'help',
    icon: CircleQuestionMark,
    keys: ['?', '؟'],
    label: ({ t }) => t('tools.help'),
    title: ({ t }) => t('help.title'),
    load: () => import('./HelpPanel.tsx').then(({ HelpPanel }) => HelpPanel),
  },
]

/** The panel that each key opens. */
export const panelKeys: Readonly<Record<string, PanelId>> = Object.fromEntries(
  panels.flatMap(({ id, keys }) => keys.map((key) => [key, id] as const)),
)

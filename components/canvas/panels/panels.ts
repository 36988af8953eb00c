/** The panels of the tool group, in its order. A new panel is one component file and one entry here. */
import {
  CircleQuestionMark,
  Flame,
  Layers,
  LayoutGrid,
  type LucideIcon,
  ScrollText,
  Share2,
  SlidersHorizontal,
  Trophy,
  User,
} from 'lucide-react'
import type { ComponentType } from 'react'
import { textHash } from '../../../lib/text-hash.ts'
import type { PageWords } from '../../../lib/words/page-words.ts'
import type { BoardMemory } from '../board-memory.ts'
import type { CanvasInfo } from '../session/types.ts'

export type PanelId = 'template' | 'activity' | 'share' | 'leaderboard' | 'painter' | 'rules' | 'help' | 'settings' | 'tools'

export interface Panel {
  readonly id: PanelId
  /**
   * Where its button is. `board`: in the tool group before the hairline, and on a phone among the tools that the dock opens. `page`: in the
   * tool group after the hairline. `menu`: in the painter's menu, and on a phone among the tools. `view`: beside
   * the coordinates, and on a phone among the tools. Null without a button.
   */
  readonly group: 'board' | 'page' | 'menu' | 'view' | null
  readonly icon: LucideIcon
  /** The keys that open and close it, unless the painter has chosen another. The first one is shown. */
  readonly keys: readonly string[]
  readonly label: (words: PageWords) => string
  readonly title: (words: PageWords) => string
  /** A label instead of `label` while there is something in it that the painter has not opened yet. Null if there is nothing. */
  readonly newsLabel?: (words: PageWords, board: { canvas: CanvasInfo; memory: BoardMemory }) => string | null
  /** The content is loaded when the panel is opened. */
  readonly load: () => Promise<ComponentType>
}

export const panels: readonly Panel[] = [
  {
    id: 'template',
    group: 'board',
    icon: Layers,
    keys: ['shift+t'],
    label: ({ t }) => t('templates.title'),
    title: ({ t }) => t('templates.title'),
    load: () => import('../templates/TemplatePanel.tsx').then(({ TemplatePanel }) => TemplatePanel),
  },
  {
    id: 'activity',
    group: 'board',
    icon: Flame,
    keys: ['a'],
    label: ({ t }) => t('activity.title'),
    title: ({ t }) => t('activity.title'),
    load: () => import('./activity/ActivityPanel.tsx').then(({ ActivityPanel }) => ActivityPanel),
  },
  {
    id: 'leaderboard',
    group: 'board',
    icon: Trophy,
    keys: ['l'],
    label: ({ t }) => t('numbers.title'),
    title: ({ t }) => t('numbers.title'),
    load: () => import('./numbers/LeaderboardPanel.tsx').then(({ LeaderboardPanel }) => LeaderboardPanel),
  },
  {
    id: 'share',
    group: 'view',
    icon: Share2,
    keys: ['s'],
    label: ({ t }) => t('sharing.title'),
    title: ({ t }) => t('sharing.title'),
    load: () => import('../sharing/SharePanel.tsx').then(({ SharePanel }) => SharePanel),
  },
  {
    id: 'painter',
    group: null,
    icon: User,
    keys: [],
    label: ({ t }) => t('painter.title'),
    title: ({ t }) => t('painter.title'),
    load: () => import('./numbers/PainterPanel.tsx').then(({ PainterPanel }) => PainterPanel),
  },
  {
    id: 'rules',
    group: 'page',
    icon: ScrollText,
    keys: ['r'],
    label: ({ t }) => t('tools.rules'),
    title: ({ t }) => t('rules.title'),
    newsLabel: ({ t }, { canvas, memory }) =>
      canvas.rules.trim() === '' || memory.rules === textHash(canvas.rules) ? null : t('tools.rulesUnread'),
    load: () => import('./RulesPanel.tsx').then(({ RulesPanel }) => RulesPanel),
  },
  {
    id: 'help',
    group: 'page',
    icon: CircleQuestionMark,
    keys: ['?', '؟'],
    label: ({ t }) => t('tools.help'),
    title: ({ t }) => t('help.title'),
    load: () => import('./HelpPanel.tsx').then(({ HelpPanel }) => HelpPanel),
  },
  {
    id: 'settings',
    group: 'menu',
    icon: SlidersHorizontal,
    keys: [','],
    label: ({ t }) => t('settings.title'),
    title: ({ t }) => t('settings.title'),
    load: () => import('./SettingsPanel.tsx').then(({ SettingsPanel }) => SettingsPanel),
  },
  {
    id: 'tools',
    group: null,
    icon: LayoutGrid,
    keys: [],
    label: ({ t }) => t('settings.tools'),
    title: ({ t }) => t('settings.tools'),
    load: () => import('./ToolsPanel.tsx').then(({ ToolsPanel }) => ToolsPanel),
  },
]

export const panelsIn = (group: Panel['group']): Panel[] => panels.filter((panel) => panel.group === group)

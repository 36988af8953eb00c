'use client'

import type { PageWords } from '../../lib/words/page-words.ts'
import { useWords } from '../language.tsx'
import { useSite } from '../site.tsx'
import { Wordmark } from '../Wordmark.tsx'
import { useSession, useUi } from './canvas-context.ts'
import type { ConnectionInfo } from './session/types.ts'

const dots: Record<ConnectionInfo['state'], string> = {
  connecting: 'bg-ochre breathing',
  live: 'bg-verdigris',
  partly_live: 'border-2 border-verdigris',
  catching_up: 'bg-ochre breathing',
  offline: 'bg-sinopia rounded-none rotate-45',
}

const statusText = ({ t }: PageWords, { state, sinceMs, behindPixels, loadedPercent }: ConnectionInfo): string => {
  switch (state) {
    case 'connecting':
      return t(loadedPercent === null ? 'connection.connecting' : 'connection.loading')
    case 'live':
      return t('connection.live')
    case 'partly_live':
      return t('connection.partlyLive')
    case 'catching_up':
      return loadedPercent !== null && behindPixels === 0 ? t('connection.loading') : t('connection.catchingUp', { count: behindPixels })
    case 'offline':
      return t('connection.offline', { since: new Date(sinceMs) })
  }
}

/** How much is loaded or live. It changes often, so it is outside the status that screen readers read. */
const Amount = ({ partlyLive, loadedPercent, behindPixels }: ConnectionInfo) => {
  const { t } = useWords()
  if (!partlyLive && (loadedPercent === null || behindPixels > 0)) return null
  const percent = partlyLive ? Math.floor((100 * partlyLive.parts) / partlyLive.of) : (loadedPercent ?? 0)
  return (
    <span data-testid="connection-amount" className="min-w-0 truncate text-muted">
      <span>· </span>
      <span className={`numbers text-[13px] ${partlyLive ? 'sm:hidden' : ''}`}>{t('connection.percent', { percent })}</span>
      {partlyLive && <span className="max-sm:hidden">{t('connection.parts', { parts: partlyLive.parts, total: partlyLive.of })}</span>}
    </span>
  )
}

/** The wordmark, the title of the board, the state of the connection, and how many visitors are online; on a phone in two lines. */
export const StatusCard = () => {
  const words = useWords()
  const { t } = words
  const connection = useSession((state) => state.connection)
  const isLost = useUi((state) => state.picture === 'lost')
  const online = useSession((state) => state.online)
  const title = useSession((state) => state.canvas?.title)
  const { hasList } = useSite()
  return (
    <header className="card pointer-events-auto flex h-[44px] min-w-0 items-center gap-x-3 px-3.5 max-sm:flex-col max-sm:items-start max-sm:justify-center pointer-coarse:h-[46px]">
      {/* The state of the connection keeps its room, and long names are cut. */}
      <h1 className="flex min-w-0 max-w-full items-center gap-2 sm:gap-3" title={title} translate="no">
        <span className="min-w-0 max-w-[9em] overflow-hidden font-wordmark text-[19px] leading-none tracking-tight max-sm:max-w-[7em] max-sm:shrink-0 max-sm:text-[14px]">
          {hasList ? (
            <a href="/boards" title={t('site.boards')}>
              <Wordmark />
            </a>
          ) : (
            <Wordmark />
          )}
        </span>
        {title && (
          <span
            dir="auto"
            data-testid="board-title"
            className="min-w-0 truncate font-semibold max-sm:text-[13px] max-sm:leading-[17px] sm:max-w-[24ch]"
          >
            {title}
          </span>
        )}
      </h1>
      <span className="h-5 w-px shrink-0 bg-line max-sm:hidden" aria-hidden />
      <p className="flex min-w-0 max-w-full items-center gap-2 sm:max-w-[75%] sm:shrink-0 whitespace-nowrap max-sm:text-[12.5px] max-sm:leading-[17px]">
        <span aria-hidden className={`size-[9px] shrink-0 rounded-full ${isLost ? dots.catching_up : dots[connection.state]}`} />
        <span
          role="status"
          data-testid="connection"
          data-state={isLost ? 'picture_lost' : connection.state}
          className={`truncate ${connection.partlyLive ? 'shrink-0' : ''}`}
        >
          {isLost ? t('connection.pictureLost') : statusText(words, connection)}
        </span>
        {!isLost && <Amount {...connection} />}
        {online !== null && connection.state === 'live' && !isLost && (
          <span className="text-muted max-[359px]:hidden">
            <span>· </span>
            <span className="numbers text-[13px]">{words.number(online)}</span>
            <span>{` ${t('connection.online', { count: online })}`}</span>
          </span>
        )}
      </p>
    </header>
  )
}

'use client'

import { en } from '../../lib/words/en.ts'
import { useSession, useUi } from './canvas-context.ts'
import type { ConnectionInfo } from './session/types.ts'

const dots: Record<ConnectionInfo['state'], string> = {
  connecting: 'bg-ochre breathing',
  live: 'bg-verdigris',
  partly_live: 'border-2 border-verdigris',
  catching_up: 'bg-ochre breathing',
  offline: 'bg-sinopia rounded-none rotate-45',
}

const wordOf = ({ state, sinceMs, behindPixels, loadedPercent }: ConnectionInfo): string => {
  switch (state) {
    case 'connecting':
      return loadedPercent === null ? en.connection.connecting : en.connection.loading
    case 'live':
      return en.connection.live
    case 'partly_live':
      return en.connection.partlyLive
    case 'catching_up':
      return loadedPercent !== null && behindPixels === 0 ? en.connection.loading : en.connection.catchingUp(behindPixels)
    case 'offline':
      return en.connection.offline(sinceMs)
  }
}

/** How much of what the word is about. It changes often, so screen readers read the word only. */
const Amount = ({ partlyLive, loadedPercent, behindPixels }: ConnectionInfo) => {
  if (!partlyLive && (loadedPercent === null || behindPixels > 0)) return null
  const percent = partlyLive ? Math.floor((100 * partlyLive.parts) / partlyLive.of) : (loadedPercent ?? 0)
  return (
    <span data-testid="connection-amount" className="min-w-0 truncate text-muted">
      <span>· </span>
      <span className={`numbers text-[13px] ${partlyLive ? 'sm:hidden' : ''}`}>{en.connection.percent(percent)}</span>
      {partlyLive && <span className="max-sm:hidden">{en.connection.parts(partlyLive.parts, partlyLive.of)}</span>}
    </span>
  )
}

/** The wordmark, the truth about the connection, and how many are here. */
export const StatusCard = () => {
  const connection = useSession((state) => state.connection)
  const isLost = useUi((state) => state.picture === 'lost')
  const online = useSession((state) => state.online)
  const title = useSession((state) => state.canvas?.title)
  return (
    <header className="card pointer-events-auto flex h-11 min-w-0 items-center gap-3 px-3.5">
      <h1 className="shrink-0 font-wordmark text-[19px] leading-none tracking-tight" title={title} translate="no">
        {en.name}
      </h1>
      <span className="h-5 w-px shrink-0 bg-line" aria-hidden />
      <p className="flex min-w-0 items-center gap-2 whitespace-nowrap">
        <span aria-hidden className={`size-[9px] shrink-0 rounded-full ${isLost ? dots.catching_up : dots[connection.state]}`} />
        <span
          role="status"
          data-testid="connection"
          data-state={isLost ? 'picture_lost' : connection.state}
          className={`truncate ${connection.partlyLive ? 'shrink-0' : ''}`}
        >
          {isLost ? en.connection.pictureLost : wordOf(connection)}
        </span>
        {!isLost && <Amount {...connection} />}
        {online !== null && connection.state === 'live' && !isLost && (
          <span className="text-muted max-[359px]:hidden">
            <span>· </span>
            <span className="numbers text-[13px]">{en.online.count(online)}</span>
            <span>{` ${en.online.word}`}</span>
          </span>
        )}
      </p>
    </header>
  )
}

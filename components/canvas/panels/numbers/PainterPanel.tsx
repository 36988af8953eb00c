'use client'

import { ArrowLeft } from 'lucide-react'
import type { ReactNode } from 'react'
import { colorText } from '../../../../lib/words/page-words.ts'
import { momentText } from '../../../../lib/words/times.ts'
import { useWords } from '../../../language.tsx'
import { useCanvasParts, useSession, useUi } from '../../canvas-context.ts'
import { PainterMark } from '../../PainterMark.tsx'
import { colorName } from '../../ui-store.ts'
import { FailureNote, LoadingRows } from '../FailureNote.tsx'
import { usePolled } from '../use-polled.ts'
import { getProfile, orders, type PaintedPixel, type Places, type Profile, periods } from './numbers-api.ts'
import { BotBadge } from './PainterRow.tsx'

const closeZoom = 16

/** A painter's places, colors and latest pixels on this board. */
export const PainterPanel = () => {
  const { t } = useWords()
  const { ui } = useCanvasParts()
  const canvas = useSession((state) => state.canvas?.id ?? null)
  const painter = useUi((state) => state.profile)
  const { value, hasFailed, tryNow } = usePolled(canvas && painter && `${canvas}/${painter}`, (signal) =>
    getProfile(canvas ?? '', painter ?? '', signal),
  )
  return (
    <div data-testid="painter-profile" className="space-y-4">
      <button
        type="button"
        onClick={() => ui.setState({ panel: 'leaderboard' })}
        className="-mt-1 -ms-2 flex h-9 items-center gap-1.5 rounded-button px-2 text-[13px] text-ultramarine hover:bg-ink/6"
      >
        <ArrowLeft size={16} aria-hidden className="rtl:rotate-180" />
        <span>{t('painter.back')}</span>
      </button>
      {hasFailed && (
        <FailureNote title={t('numbers.failed.title')} body={t('painter.failed')} action={t('numbers.failed.action')} onAction={tryNow} />
      )}
      {value ? <Details profile={value} /> : !hasFailed && <LoadingRows rows={5} />}
    </div>
  )
}

const Details = ({ profile }: { profile: Profile }) => {
  const { t, number } = useWords()
  const own = useSession((state) => state.painter?.id)
  const { painter, bot, colors, first, recent } = profile
  return (
    <>
      <div className="flex items-center gap-3">
        <PainterMark id={painter.id} className="size-10 rounded-button" />
        <div className="min-w-0">
          <p className="flex items-center gap-2 font-semibold text-[16px]">
            <span dir="auto" translate="no" className="min-w-0 truncate">
              {painter.name}
            </span>
            {bot && <BotBadge />}
          </p>
          {painter.id === own && <p className="text-[12.5px] text-muted">{t('painter.isYou')}</p>}
          {bot && <p className="text-[12.5px] text-muted">{t('painter.isBot')}</p>}
        </div>
      </div>
      <PlaceTable profile={profile} />
      {first === null && <p className="text-muted">{t('painter.none')}</p>}
      {colors.length > 0 && (
        <Part title={t('painter.colors')}>
          <ul className="flex flex-wrap gap-1.5">
            {colors.map(({ color, placed }) => (
              <li key={color} className="flex items-center gap-1 text-[12.5px]">
                <Swatch color={color} />
                <span className="numbers text-muted">{number(placed)}</span>
              </li>
            ))}
          </ul>
        </Part>
      )}
      {recent.length > 0 && <Part title={t('painter.recent')}>{<Pixels pixels={recent} />}</Part>}
      {first && <Part title={t('painter.first')}>{<Pixels pixels={[first]} />}</Part>}
    </>
  )
}

const Part = ({ title, children }: { title: string; children: ReactNode }) => (
  <section>
    <h3 className="mb-1.5 font-medium text-[12.5px] text-muted">{title}</h3>
    {children}
  </section>
)

const PlaceTable = ({ profile }: { profile: { readonly day: Places; readonly all: Places } }) => {
  const { t, number } = useWords()
  return (
    <table className="w-full text-[13px]">
      <thead>
        <tr className="text-muted text-[12.5px]">
          <td />
          {periods.map((period) => (
            <th key={period} scope="col" className="pb-1 text-end font-normal">
              {t(`numbers.period.${period}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="divide-y divide-line border-line border-y">
        {orders.map((order) => (
          <tr key={order}>
            <th scope="row" className="py-1.5 text-start font-normal">
              {t(`painter.${order}`)}
            </th>
            {periods.map((period) => {
              const { count, rank } = profile[period][order]
              return (
                <td key={period} data-testid={`${period}-${order}`} className="py-1.5 text-end">
                  <span className="numbers block">{number(count)}</span>
                  <span className="block text-[12px] text-muted">{rank === null ? '–' : t('painter.rank', { rank })}</span>
                </td>
              )
            })}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** The color's name is for screen readers. */
const Swatch = ({ color }: { color: string }) => {
  const words = useWords()
  const canvas = useSession((state) => state.canvas)
  const index = canvas?.palette.indexOf(color) ?? -1
  const name = canvas && index >= 0 ? colorText(words, colorName(canvas, index)) : color
  return (
    <span
      role="img"
      aria-label={name}
      title={name}
      className="size-4 shrink-0 rounded-[4px] ring-1 ring-line"
      style={{ background: color }}
    />
  )
}

const Pixels = ({ pixels }: { pixels: readonly PaintedPixel[] }) => {
  const words = useWords()
  const { engine, session } = useCanvasParts()
  const show = ({ gx, gy }: PaintedPixel) => {
    engine.centerOn({ x: gx + 0.5, y: gy + 0.5, zoom: Math.max(closeZoom, engine.view().zoom) })
    engine.setCell({ gx, gy }, 'pointer')
  }
  return (
    <ul className="-mx-2">
      {pixels.map((pixel) => (
        <li key={`${pixel.gx}/${pixel.gy}/${pixel.at}`}>
          <button
            type="button"
            onClick={() => show(pixel)}
            data-testid="profile-pixel"
            title={words.t('painter.show', { x: pixel.gx, y: pixel.gy })}
            className="flex h-8 w-full items-center gap-2.5 rounded-[8px] px-2 text-[13px] hover:bg-ink/6"
          >
            <Swatch color={pixel.color} />
            <span className="numbers">{words.t('view.cell', { x: pixel.gx, y: pixel.gy })}</span>
            <span className="ms-auto truncate text-[12.5px] text-muted">
              {momentText(words, Date.parse(pixel.at), session.serverNow())}
            </span>
          </button>
        </li>
      ))}
    </ul>
  )
}

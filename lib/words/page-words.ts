/** The messages of the pages for painters. */
import { createFormatter, createTranslator } from 'use-intl/core'
import type { ProblemCode } from '../refusal.ts'
import type { en } from './en.ts'
import { formats } from './formats.ts'
import type { Language } from './language.ts'
import type { PageMessages } from './page-catalogues.ts'

export const createPageWords = (language: Language, messages: PageMessages) => {
  const t = createTranslator({ locale: language, messages: messages as typeof en, formats })
  const format = createFormatter({ locale: language, formats })
  return {
    language,
    t,
    number: (value: number) => format.number(value),
    /** How long ago, in the largest whole unit: "4 minutes ago", or shorter "4 min. ago". */
    ago: (atMs: number, { nowMs, style }: { nowMs: number; style: 'long' | 'short' }) => format.relativeTime(atMs, { now: nowMs, style }),
  }
}

export type PageWords = ReturnType<typeof createPageWords>

/** A code of the server, or one of the page. */
export type NoticeCode =
  | ProblemCode
  /** Too many pixels wait for an answer. */
  | 'queue_full'
  /** The pixel was taken back after nine minutes without an answer. */
  | 'not_saved'
  /** There is no answer yet, and the pixel is sent again. */
  | 'waiting'
  /** This part of the board is not loaded. */
  | 'not_loaded'
  /** The cell whose color was picked is not loaded. */
  | 'nothing_to_pick'
  /** This part of the board is not on the screen. */
  | 'not_shown'
  /** The board has another history: the host has started it over or restored it. */
  | 'board_reset'
  /** The server did not take back all pixels of a step. */
  | 'undo_refused'
  | 'undo_off'
  | 'nothing_to_undo'
  /** The cells are too small to draw on. */
  | 'too_small_to_draw'
  /** Nothing of the templates is left to paint: in the parts that are loaded, or at all. */
  | 'template_nothing_here'
  | 'template_done'
  /** A template by link: there is none, it is of another board, its owner removed it, there is no room, or it could not be loaded. */
  | 'template_gone'
  | 'template_elsewhere'
  | 'template_removed'
  | 'template_full'
  | 'template_unloaded'
  | 'picture_simple'
  | 'picture_incomplete'
  | 'too_many_sockets'
  | 'socket_refused'

export interface NoticeParams {
  readonly retryAfterMs?: number
  /** With `waiting` and `undo_refused`: the code of the server; absent if there was no answer. */
  readonly reason?: ProblemCode
  /** The number of pixels that the notice is about. */
  readonly count?: number
  /** With a refusal of a stroke or of its undo: the number of its pixels. */
  readonly of?: number
}

export const noticeText = (words: PageWords, code: NoticeCode, params: NoticeParams = {}): string => {
  const { of } = params
  if (code === 'undo_refused') return undoText(words, params)
  if (code === 'undo_off') return words.t('undo.off')
  if (code === 'nothing_to_undo') return words.t('undo.nothing')
  const text = sentenceOf(words, code, params)
  if (of === undefined) return text
  return words.t('strokes.cameBack', { count: params.count ?? of, of, reason: text })
}

/** Why pixels were not taken back; of a stroke also how many were. */
const undoText = ({ t }: PageWords, { count = 0, of = 1, reason, retryAfterMs }: NoticeParams): string => {
  const key = reason && hasMessage(t, 'undo.refused', reason) ? reason : 'other'
  const text = t(`undo.refused.${key}`, { wait: waitText(t, retryAfterMs ?? 1_000) })
  return of > 1 ? t('undo.partly', { count, of, reason: text }) : text
}

const sentenceOf = ({ t }: PageWords, code: NoticeCode, { retryAfterMs, reason, count = 1 }: NoticeParams): string => {
  if (code === 'cooldown' && retryAfterMs === undefined) return t('notice.cooldownSoon')
  if (code === 'waiting' && reason === 'unavailable') return t('notice.waitingUnavailable')
  if (code === 'waiting' && reason === 'overloaded') return t('notice.waitingOverloaded')
  const key = hasMessage(t, 'notice', code) ? code : 'other'
  return t(`notice.${key}`, { wait: waitText(t, retryAfterMs ?? 1_000), count })
}

const waitText = (t: PageWords['t'], ms: number) =>
  ms > 120_000
    ? t('duration.minutes', { count: Math.ceil(ms / 60_000) })
    : t('duration.seconds', { count: Math.max(1, Math.ceil(ms / 1_000)) })

/** Why the board could not be loaded; `code` is the server's, null if there was no answer. */
export const failureText = ({ t }: PageWords, code: ProblemCode | null): string => {
  if (code === null) return t('failed.body')
  return hasMessage(t, 'failed.by', code) ? t(`failed.by.${code}`) : t('failed.by.other', { code })
}

/** A color's name as the server gives it, with a number when several colors share it. Other texts, such as hex codes, stay as they are. */
export const colorText = ({ t }: PageWords, name: string): string => {
  const [, base = name, number] = /^(.+?)(?: (\d+))?$/.exec(name) ?? []
  if (!hasMessage(t, 'color', base)) return name
  const color = t(`color.${base}`)
  return number === undefined ? color : t('numberedColor', { color, number: Number(number) })
}

/** Minutes and seconds, rounded up. */
export const countdownText = ({ t }: PageWords, ms: number): string => {
  const left = Math.max(0, Math.ceil(ms / 1_000))
  return t('charges.countdown', { minutes: Math.floor(left / 60), seconds: left % 60 })
}

/** One decimal below ten, and none above. */
export const zoomText = ({ t }: PageWords, zoom: number): string =>
  t('view.zoom', { zoom: zoom >= 10 ? Math.round(zoom) : Math.round(zoom * 10) / 10 })

interface NamedMessages {
  readonly notice: keyof typeof en.notice
  readonly 'undo.refused': keyof typeof en.undo.refused
  readonly 'failed.by': keyof typeof en.failed.by
  readonly color: keyof typeof en.color
}

/** Whether there is a message of this name, which is the server's. */
const hasMessage = <Group extends keyof NamedMessages>(t: PageWords['t'], group: Group, name: string): name is NamedMessages[Group] =>
  (t.has as (key: string) => boolean)(`${group}.${name}`)

/** Times and durations as painters read them. The time zone is the visitor's own. */
import { countdownText, type PageWords } from './page-words.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const justNowMs = 45_000

/** The local day of a time, counted from a fixed day. A day with a change to summer time has 23 hours, so hours cannot be divided. */
const localDay = (ms: number) => {
  const date = new Date(ms)
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / dayMs
}

/** When something happens, as short as it is clear: "today at 18:00", "Friday at 18:00", "Sat, 6 March at 18:00". */
export const momentText = ({ t }: PageWords, atMs: number, nowMs: number): string => {
  const at = new Date(atMs)
  const days = localDay(atMs) - localDay(nowMs)
  if (days === 0) return t('moment.today', { at })
  if (days === 1) return t('moment.tomorrow', { at })
  if (days > 1 && days < 7) return t('moment.week', { at })
  return t(at.getFullYear() === new Date(nowMs).getFullYear() ? 'moment.year' : 'moment.later', { at })
}

/** In the past: "just now", "4 minutes ago", and after a week the date. `short` is for columns. */
export const agoText = (words: PageWords, atMs: number, { nowMs, style }: { nowMs: number; style: 'long' | 'short' }): string => {
  const at = new Date(atMs)
  if (nowMs - atMs < justNowMs) return words.t('inspector.now')
  if (nowMs - atMs < 7 * dayMs) return words.ago(atMs, { nowMs, style })
  const isThisYear = at.getFullYear() === new Date(nowMs).getFullYear()
  return words.t(isThisYear ? 'inspector.date' : 'inspector.fullDate', { at })
}

/** The time that is left: days and hours, then hours, minutes and seconds, then minutes and seconds. Rounded up. */
export const timeLeftText = (words: PageWords, leftMs: number): string => {
  const seconds = Math.max(0, Math.ceil(leftMs / 1_000))
  const hours = Math.floor(seconds / 3_600)
  if (hours >= 24) return words.t('duration.days', { days: Math.floor(hours / 24), hours: hours % 24 })
  if (hours === 0) return countdownText(words, leftMs)
  return words.t('duration.clock', { hours, minutes: Math.floor(seconds / 60) % 60, seconds: seconds % 60 })
}

/** A duration of a setting, such as a cooldown, in its largest whole unit. */
export const durationText = ({ t }: PageWords, ms: number): string => {
  if (ms >= hourMs && ms % hourMs === 0) return t('duration.hours', { count: ms / hourMs })
  if (ms >= 60_000 && ms % 60_000 === 0) return t('duration.minutes', { count: ms / 60_000 })
  return t('duration.seconds', { count: ms / 1_000 })
}

/** The time zone of the visitor, such as Europe/Berlin. */
export const timeZoneName = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

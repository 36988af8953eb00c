import type { OperationsWords } from '../../../lib/words/operations-words.ts'
import { useOperationsWords } from '../use-operations-words.ts'

const minuteMs = 60_000
const hourMs = 3_600_000
const offered = [10 * minuteMs, 30 * minuteMs, hourMs, 6 * hourMs, 24 * hourMs, null]

export const durationValue = (ms: number | null) => (ms === null ? '' : String(ms))

const durationText = ({ t }: OperationsWords, ms: number | null) => {
  if (ms === null) return t('boards.announcement.durations.forever')
  if (ms % hourMs === 0) return t('boards.announcement.durations.hours', { count: ms / hourMs })
  if (ms % minuteMs === 0) return t('boards.announcement.durations.minutes', { count: ms / minuteMs })
  return t('boards.seconds', { seconds: ms / 1_000 })
}

/** For how long an announcement can be shown. `current` may be another duration, which an API client has set. */
export const useDurations = (current: number | null) => {
  const words = useOperationsWords()
  const all = offered.includes(current) ? offered : [current, ...offered]
  return all.map((ms) => ({ value: durationValue(ms), text: durationText(words, ms) }))
}

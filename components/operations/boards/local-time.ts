/** Times of `datetime-local` inputs, which are in the zone of the browser. */

const two = (value: number) => String(value).padStart(2, '0')

/** `2026-12-04T18:00`, with seconds and milliseconds only if there are any. */
export const localTimeText = (ms: number): string => {
  const at = new Date(ms)
  const date = `${String(at.getFullYear()).padStart(4, '0')}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  const rest =
    at.getMilliseconds() > 0 ? `:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}` : `:${two(at.getSeconds())}`
  return `${date}T${two(at.getHours())}:${two(at.getMinutes())}${rest === ':00' ? '' : rest}`
}

/** Null for an empty or incomplete text. */
export const timeOfLocal = (text: string): number | null => {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?$/.test(text)) return null
  const ms = new Date(text).getTime()
  return Number.isNaN(ms) ? null : ms
}

/** The next full hour that is at least an hour away. */
export const nextFullHour = (nowMs: number): string => {
  const at = new Date(nowMs + 3_600_000)
  at.setMinutes(60, 0, 0)
  return localTimeText(at.getTime())
}

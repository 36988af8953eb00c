/** An iCalendar file (RFC 5545) with one event, such as the opening of a board. */

export interface CalendarEvent {
  /** Stays the same when the event changes, so that calendars replace it. */
  readonly uid: string
  /** Grows with each change. */
  readonly revision: number
  readonly changedAtMs: number
  readonly startMs: number
  /** Null when no end is known. */
  readonly endMs: number | null
  readonly title: string
  readonly url: string
}

export const calendarFile = ({ uid, revision, changedAtMs, startMs, endMs, title, url }: CalendarEvent): string =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Fresco//Fresco//EN',
    'BEGIN:VEVENT',
    `UID:${escapeText(uid)}`,
    `SEQUENCE:${revision}`,
    `DTSTAMP:${time(changedAtMs)}`,
    `DTSTART:${time(startMs)}`,
    ...(endMs === null ? [] : [`DTEND:${time(endMs)}`]),
    `SUMMARY:${escapeText(title)}`,
    `DESCRIPTION:${escapeText(url)}`,
    `URL:${url}`,
    'END:VEVENT',
    'END:VCALENDAR',
  ]
    .map((line) => `${fold(line)}\r\n`)
    .join('')

/** `20261124T023635Z` */
const time = (ms: number) => new Date(ms).toISOString().replaceAll(/[-:]|\.\d+/g, '')

const escapeText = (text: string) => text.replaceAll(/[\\;,]/g, '\\$&').replaceAll('\n', '\\n')

/** A line has at most 75 bytes. The rest continues in lines that begin with a space. */
const maxLineBytes = 75

const fold = (line: string): string => {
  const encoder = new TextEncoder()
  let folded = ''
  let bytes = 0
  for (const character of line) {
    const more = encoder.encode(character).length
    if (bytes + more > maxLineBytes) {
      folded += '\r\n '
      bytes = 1
    }
    folded += character
    bytes += more
  }
  return folded
}

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CalendarEvent, calendarFile } from './calendar.ts'

const event: CalendarEvent = {
  uid: 'main-epoch001@localhost',
  revision: 7,
  changedAtMs: Date.parse('2026-11-01T00:00:00.123Z'),
  startMs: Date.parse('2026-11-24T18:00:00.000Z'),
  endMs: Date.parse('2026-11-27T18:00:00.000Z'),
  title: 'Winter, or; a \\ board',
  url: 'http://localhost/c/main',
}

/** The lines of a file as calendars read it: joined where they were folded. */
const unfold = (file: string) => file.replaceAll('\r\n ', '').split('\r\n')

test('E2 the file has one event with its times in UTC and its text escaped', () => {
  expect(unfold(calendarFile(event))).toEqual([
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Fresco//Fresco//EN',
    'BEGIN:VEVENT',
    'UID:main-epoch001@localhost',
    'SEQUENCE:7',
    'DTSTAMP:20261101T000000Z',
    'DTSTART:20261124T180000Z',
    'DTEND:20261127T180000Z',
    'SUMMARY:Winter\\, or\\; a \\\\ board',
    'DESCRIPTION:http://localhost/c/main',
    'URL:http://localhost/c/main',
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ])
})

test('E2 an event without a known end has none in the file', () => {
  expect(calendarFile({ ...event, endMs: null })).not.toContain('DTEND')
})

test('E2 every title is folded into lines of at most 75 bytes, whole characters and the same text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (text) => {
      const title = text.replaceAll(/\p{Cc}/gu, '')
      const file = calendarFile({ ...event, title })
      for (const line of file.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75)
      const summary = unfold(file).find((line) => line.startsWith('SUMMARY:')) ?? ''
      expect(summary.slice('SUMMARY:'.length).replaceAll(/\\([\\;,])/g, '$1')).toBe(title)
    }),
  )
})

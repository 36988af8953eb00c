/** How numbers and times look in messages: `{count, number, plain}`. The language decides the digits and separators. */
import type { Formats } from 'use-intl/core'

export const formats = {
  number: {
    plain: { useGrouping: false },
    tenths: { minimumFractionDigits: 1, maximumFractionDigits: 1 },
    whole: { maximumFractionDigits: 0 },
    upToTenths: { maximumFractionDigits: 1 },
    twoDigits: { minimumIntegerDigits: 2 },
    compact: { notation: 'compact', maximumFractionDigits: 1 },
  },
  dateTime: {
    clock: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    weekday: { weekday: 'long' },
    day: { weekday: 'short', day: 'numeric', month: 'long' },
    fullDay: { day: 'numeric', month: 'long', year: 'numeric' },
    weekdayTime: { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    dayMonth: { day: 'numeric', month: 'short' },
    moment: { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  },
  list: {
    names: { type: 'unit' },
  },
} as const satisfies Formats

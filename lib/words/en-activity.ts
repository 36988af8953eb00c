/** What a painter reads about the activity of a board, in English, as ICU messages. */
export const enActivity = {
  activity: {
    title: 'Activity',
    show: 'Show on the board',
    mode: { off: 'Off', live: 'Pulses', heat: 'Heat', untouched: 'Untouched' },
    hint: {
      off: 'The board looks as it is.',
      live: 'A ring appears where somebody paints.',
      heat: 'The brighter a pixel, the newer it is. The board behind is grey.',
      untouched: 'Nobody has painted the bright pixels yet.',
    },
    within: 'Within',
    now: 'now',
    perMinute: 'Pixels a minute',
    thisMinute: 'now',
    /** For screen readers: the chart of the last hour. */
    chart: 'Pixels a minute in the last hour. At most {most, number}, in the last full minute {last, number}.',
    mostAt: '{count, number} at {at, time, clock}',
    hourAgo: 'an hour ago',
    busiest: 'Busiest areas in view',
    area: '{x, number, plain}, {y, number, plain}',
    count: '{count, plural, one {# pixel} other {# pixels}}',
    quiet: 'No one has painted here in this time.',
    partial: '{loaded, number} of {total, number} parts in view are loaded.',
    failed: {
      title: 'Some of it did not come',
      body: 'The board is not affected. This tries again automatically.',
      action: 'Try now',
    },
  },
} as const

/** What a painter reads about the leaderboard and about painters, in English, as ICU messages. */
export const enNumbers = {
  numbers: {
    title: 'Numbers',
    period: { label: 'Period', day: 'Today', all: 'All time' },
    by: { label: 'Order', placed: 'Placed', standing: 'Standing' },
    /** Each after its number. */
    totals: {
      day: '{count, plural, one {pixel today} other {pixels today}}',
      all: '{count, plural, one {pixel} other {pixels}}',
      painters: '{count, plural, one {painter} other {painters}}',
      standing: 'still standing',
    },
    painters: 'Painters',
    bot: 'bot',
    you: 'You',
    more: '{count, plural, one {# more to the next place} other {# more to the next place}}',
    first: 'No one is ahead of you',
    unranked: 'Not on this list yet',
    counted: 'Counted at {at, time, clock}',
    today: 'Today began at {at, time, clock}, midnight UTC',
    showAll: 'All painters',
    showFew: 'The first ten',
    empty: { day: 'No one has painted here today.', all: 'No one has painted here yet.' },
    failed: {
      title: 'The figures did not come',
      body: 'The board is not affected. This tries again automatically.',
      old: 'The board is not affected. This tries again automatically; below is what was counted at {at, time, clock}.',
      action: 'Try now',
    },
  },

  painter: {
    title: 'Painter',
    back: 'Back to the numbers',
    isYou: 'This is you.',
    isBot: 'A program paints as this painter.',
    placed: 'Pixels placed',
    standing: 'Still standing',
    rank: 'Rank {rank, number}',
    colors: 'Colours',
    first: 'First pixel',
    recent: 'Latest pixels',
    none: 'Nothing painted on this board yet.',
    show: 'Show {x, number, plain}, {y, number, plain} on the board',
    failed: 'The painter could not be looked up. This tries again automatically.',
  },
} as const

/** What a painter reads about strokes and undo, in English, as ICU messages. */
export const enStrokes = {
  strokes: {
    brush: 'Brush',
    /** While a stroke is drawn, beside each other. */
    count: '{count, plural, one {# pixel} other {# pixels}}',
    left: '{count, plural, one {# left} other {# left}}',
    howToDrop: 'Esc drops them',
    drawn: '{count, plural, one {# pixel drawn.} other {# pixels drawn.}}',
    saved: '{count, plural, one {# pixel saved.} other {# pixels saved.}}',
    same: 'It has this colour already.',
    dropped: 'Stroke dropped. Nothing was sent.',
    cameBack: '{count, number} of {of, number} pixels were not placed. {reason}',
  },
} as const

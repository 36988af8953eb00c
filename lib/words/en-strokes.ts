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

  undo: {
    name: 'Undo',
    /** On the button, beside each other: how many pixels, and the time that is left. */
    short: '{count, plural, one {Undo #} other {Undo #}}',
    left: '{seconds, plural, one {# s left} other {# s left}}',
    waiting: 'sending',
    action: '{count, plural, one {Undo # pixel} other {Undo # pixels}}',
    done: '{count, plural, one {# pixel taken back.} other {# pixels taken back.}}',
    nothing: 'Nothing to undo. A pixel can be taken back for a short time after it is painted.',
    off: 'Undo is off on this board.',
    partly: '{count, number} of {of, number} taken back. {reason}',
    /** By the code of the server. */
    refused: {
      undo_expired: 'It is too late to take it back. The pixel stays.',
      painted_over: 'Someone else has painted over it. Theirs stays.',
      not_found: 'It is no longer there to be taken back.',
      forbidden: 'Only the painter who painted it can take it back.',
      unauthenticated: 'Your session has ended. Reload the page to go on.',
      banned: 'You cannot change pixels here at the moment.',
      canvas_paused: 'The board is paused. Nothing can be taken back until it is opened again.',
      canvas_closed: 'The board is closed. What was painted stays.',
      area_protected: 'This area is protected now. Only staff can change it.',
      color_not_allowed: 'In the finale only the one colour that is left can come back.',
      rate_limited: 'You have taken back very many pixels. The next one is possible in {wait}.',
      unavailable: 'No answer came. The board shows what stands.',
      other: 'It could not be taken back. The board shows what stands.',
    },
  },
} as const

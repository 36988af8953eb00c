/** What a painter reads about one cell, in English, as ICU messages. */
export const enInspector = {
  inspector: {
    /** The command with a key. */
    inspect: 'Inspect a cell',
    title: 'Cell {x, number, plain}, {y, number, plain}',
    painted: '{color}, painted {ago}',
    now: 'just now',
    date: '{at, date, dayMonth}',
    fullDate: '{at, date, fullDay}',
    unpainted: 'No one has painted here yet.',
    outside: 'This is outside the board, which is {width, number, plain} × {height, number, plain}.',
    notLoaded: 'This part of the board is still loading.',
    offline: 'You are offline. This was here at {at, time, clock}.',
    offlineEmpty: 'You are offline. The history is loaded when you are connected again.',
    failed: 'The history could not be loaded. The board is not affected.',
    history: 'History',
    historyLoading: 'The history is loading.',
    you: 'You',
    picture: 'Picture',
    restored: 'Restored',
    byHost: 'by the host',
    takenBack: 'taken back',
    removed: 'removed',
    older: 'Show older',
    use: 'Use {color}',
    copyLink: 'Copy link',
    copied: 'Link copied',
    /** Beside a field with the link, where a page may not write to the clipboard. */
    copyByHand: 'Copy this link',
  },
} as const

/** What a painter reads about the minimap, in English, as ICU messages. */
export const enMinimap = {
  minimap: {
    title: 'Map',
    label: 'Map of the board. Arrow keys move the view.',
    open: 'Show the map',
    close: 'Hide the map',
    /** Read to screen readers after a key has moved the view. */
    at: 'The view is at {x, number, plain}, {y, number, plain}.',
  },
} as const

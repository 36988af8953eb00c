/** What a painter reads about the keys and the settings of this device, in English, as ICU messages. */
export const enDevice = {
  keys: {
    previousColor: 'Previous colour',
    nextColor: 'Next colour',
  },
} as const

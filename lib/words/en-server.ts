/** What an operator reads about the settings of the server, in English, as ICU messages. */
export const enServer = {
  title: 'Settings of the server',
  body: 'Environment variables of the process {id} ({roles}), which answered. Other processes may have others. Change them where the process is started, and start it again.',
  setting: 'Setting',
  value: 'Value',
  source: 'From',
  sources: { environment: 'environment', file: 'file', default: 'default' },
  secret: 'set (not shown)',
  none: 'not set',
  generated: 'generated in DATA_DIR',
  noneSet: 'Every setting has its default.',
  defaults: '{count, plural, one {# setting with its default} other {# settings with their defaults}}',
  failed: 'The settings of the server could not be loaded.',
  tryNow: 'Try now',
} as const

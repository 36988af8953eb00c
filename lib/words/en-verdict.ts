/** Whether every pixel is delivered, in English, for an operator. */
export const enVerdict = {
  paused: {
    title: 'Publishing is paused',
    body: 'An operator has paused it. Placing continues and nothing is lost; new pixels are shown when it is resumed.',
  },
  silent: {
    title: 'No news from the server',
    body: 'The figures below are the last that arrived. This page tries again automatically.',
  },
  storeDown: {
    title: 'Pixels cannot be saved',
    body: 'The store does not answer. Painters are asked to try again; open boards stay. Nothing that was saved is lost.',
  },
  dead: {
    title: '{count, plural, one {# commit was not published} other {# commits were not published}}',
    body: '{count, plural, one {It failed several times and is a dead letter now: retry or discard it below.} other {They failed several times and are dead letters now: retry or discard them below.}} Everything else continues.',
  },
  cannotSave: 'Pixels cannot be saved. Painters are asked to try again, and nothing that was saved is lost. {remedy}',
  littleDisk: {
    title: 'The disk is almost full',
    body: '{free} are left where the database is. When they are used up, pixels cannot be saved. {remedy}',
  },
  withCause: '{body} Reason: {cause}',
  streamRefuses: 'The stream takes no writes, so pixels arrive more slowly. Nothing is lost. {remedy}',
  stuck: {
    title: '{count, plural, one {# tile is stuck} other {# tiles are stuck}}',
    body: 'A commit could not be published several times, and new pixels of its tile, or later changes of its board, wait behind it. Nothing is lost. It is tried again automatically; the table below says why it failed.',
  },
  streamDown: {
    title: 'Pixels arrive more slowly',
    body: 'The stream does not answer. Placing continues and nothing is lost: gateways read the store until the stream is back.',
  },
  partitionsDown: {
    title: 'Some pixels arrive more slowly',
    body: '{away} of {all} partitions of the stream do not answer, at {servers}. Placing goes on and nothing is lost: gateways read the tiles of these partitions from the store.',
  },
  noPublisher: {
    title: 'No publisher is running',
    body: 'Placing continues and nothing is lost, but nobody sees new pixels until a publisher is started.',
  },
  lost: {
    title: '{processes, plural, one {A {roles} process is lost} other {# processes are lost: {roles}}}',
    body: 'No heartbeat for five seconds. The other processes have taken over the work, and no pixel is lost. Start another process to replace it.',
  },
  workers: {
    title: '{count, plural, one {{roles} is not running} other {{roles} are not running}}',
    body: 'Nothing is lost; other processes take over what is waiting.',
    error: 'It tries again automatically. The last error: {error}',
  },
  waiting: { title: 'Pixels are waiting', body: 'The oldest has waited for {age}. Nothing is lost.' },
  lagging: {
    title: '{group} is behind',
    body: 'It has {lag, plural, one {# entry} other {# entries}} to process. Nothing is lost.',
  },
  backupOverdue: {
    title: 'The backup is overdue',
    body: 'The last good one is {age} old. A process with BACKUP_DIR and the projector role makes the next one: see whether it runs.',
    never: 'There is none yet. A process with BACKUP_DIR and the projector role makes it: see whether it runs.',
  },
  well: {
    title: 'Every pixel is delivered',
    quiet: 'Nobody is painting right now.',
    flow: '{placed, number, tenths} placements a second in, {published, number, tenths} commits out.',
    nothingWaits: 'Nothing is waiting.',
    oldest: 'The oldest one waiting is {age} old.',
  },
} as const

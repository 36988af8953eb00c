/** What a host reads about backups, in English, as ICU messages. */
export const enBackups = {
  title: 'Backups',
  loading: 'Loading the backups…',
  failed: 'The backups could not be loaded',
  failedBody: 'Backups go on meanwhile.',
  off: {
    title: 'Scheduled backups are not set up',
    body: 'Set BACKUP_DIR to a folder, best on another disk, and start Fresco again. Fresco then makes a backup each day, keeps seven, and verifies one each week.',
  },
  never: 'There is no backup yet',
  good: 'The last backup is {age} old',
  overdue: 'The backup is overdue',
  overdueBody: 'A process with BACKUP_DIR and the projector role makes the next one. See whether it runs, and its log.',
  lastGood: 'The last good backup is {age} old.',
  noGood: 'There is no good backup.',
  next: { soon: 'The next one is made now.', in: 'The next one is made in {time}.' },
  verified: { at: 'The last verification was {age} ago.', never: 'None is verified yet.', off: 'Verifying is off.' },
  running: {
    backup: 'A backup is being made',
    verify: 'A backup is being verified',
    check: 'The folder is being checked',
    written: '{bytes} written.',
    of: '{bytes} of about {expected} written.',
    requested: 'A backup is made in a moment',
    requestedBody: 'A process with BACKUP_DIR and the projector role makes it.',
  },
  run: 'Back up now',
  schedule: '{folder}: every {hours, plural, one {hour} other {{hours, number} hours}}, {keep, plural, one {# is kept} other {# are kept}}',
  list: '{count, plural, one {# backup in the folder} other {# backups in the folder}}',
  made: '{at, date, moment}',
  verdict: { ok: 'verified', damaged: 'damaged', none: 'not verified' },

  /** Why a backup or its verification failed, and what an operator does about it. */
  problem: {
    folder_missing: { title: 'The folder of the backups is missing', remedy: 'Create it, or mount its disk.' },
    folder_not_writable: {
      title: 'Fresco cannot write into the folder of the backups',
      remedy: 'Mount it for writing, and give the user of Fresco the right to write in it.',
    },
    folder_cannot_rename: {
      title: 'The folder of the backups cannot rename files',
      remedy: 'Set BACKUP_DIR to a folder on a file system that can.',
    },
    disk_full: {
      title: 'The disk of the backups is too full',
      remedy: 'Free some space, enlarge it, or lower BACKUP_KEEP.',
    },
    store_unavailable: { title: 'The database failed during the backup', remedy: 'See whether it runs, and its log.' },
    interrupted: {
      title: 'The backup was interrupted',
      remedy: 'See whether the process or the machine ran out of memory.',
    },
    damaged: {
      title: 'A backup is damaged',
      remedy: 'Fresco makes a new one. See whether the disk reports errors, and run the audit.',
    },
    failed: { title: 'The backup failed', remedy: 'See the log of the process with the projector role.' },
  },
} as const

import { enBackups } from './en-backups.ts'
import { enBoards } from './en-boards.ts'
import { enChecks } from './en-checks.ts'
import { enLog } from './en-log.ts'
import { enServer } from './en-server.ts'
import { enSettings } from './en-settings.ts'
import { enVerdict } from './en-verdict.ts'
import { enWebhooks } from './en-webhooks.ts'

/** What an operator reads, in English, as ICU messages: what is happening, whether anything is lost, and what to do. */
export const enOperations = {
  tabs: { label: 'Operations', delivery: 'Delivery', boards: 'Boards', webhooks: 'Webhooks', log: 'Log', settings: 'Settings' },
  loading: 'Loading…',
  triesAgain: 'This page tries again automatically.',
  cancel: 'Cancel',
  none: '–',

  signIn: {
    title: 'Operations',
    body: 'Sign in with the admin token. Without ADMIN_TOKEN it was made at the first start: the file admin-token in the data folder.',
    byLink: 'Signing you in…',
    usedLink: 'This link was used already, or its hour is over. Sign in with the admin token.',
    token: 'Admin token',
    action: 'Sign in',
    wrong: 'This is not the admin token.',
    address:
      '{address} is not in PUBLIC_URL, so nobody can sign in here. Open this page at an address that is, or add this one to PUBLIC_URL and restart.',
    out: 'Sign out',
  },

  /** Why a request of this page did not work. */
  problem: {
    noAnswer: 'The server did not answer.',
    foreign: 'Something in front of Fresco answered with status {status, number, plain}. Look at the proxy.',
    unauthenticated: 'Your session has ended. Sign in again.',
    rate_limited: 'Too many requests came from your address. {retry}',
    overloaded: 'The server is too busy. Nothing was changed. {retry}',
    unavailable: 'The store does not answer. {retry}',
    retryIn: 'Try again in {seconds, number} s.',
    retrySoon: 'Try again in a moment.',
  },

  pause: {
    action: 'Pause publishing',
    resume: 'Resume publishing',
    title: 'Pause publishing?',
    body: 'Placing continues and nothing is lost, but nobody sees new pixels until publishing is resumed. It stays paused across restarts.',
  },

  stuck: {
    title: 'Stuck',
    retry: 'Try again now',
  },

  deadLetters: {
    title: 'Dead letters',
    retry: 'Retry',
    discard: 'Discard',
    discardTitle: '{pixels, plural, one {Discard # pixel?} other {Discard # pixels?}}',
    discardBody: 'They were acknowledged to their painters, and will never be shown. This cannot be undone.',
    announce: 'Announce again',
    newerVersion: 'Only a newer version of Fresco can retry it.',
    discardChangeTitle: 'Discard this change of settings?',
    discardChangeBody: 'The board keeps its new settings. They are not announced again, and the entry of its control log stays empty.',
  },

  /** How a commit is named. */
  commit: {
    plain: '{canvas}, tile {tile, number, plain}, seq {seq, number, plain}',
    tombstone: '{canvas}, tile {tile, number, plain}, seq {seq, number, plain} (tombstone)',
    change: '{canvas}, change of settings, seq {seq, number, plain}',
    changeTombstone: '{canvas}, change of settings, seq {seq, number, plain} (tombstone)',
    noError: 'The process that tried it ended without an error message.',
  },

  setup: {
    title: 'Setup',
    seen: '{count, plural, one {# time} other {# times}}, last {ago} ago: {detail}',
  },

  verdict: enVerdict,

  stages: { placed: 'Placed', outbox: 'Outbox', stream: 'Stream', gateways: 'Gateways', screens: 'Screens' },
  units: { placed: '/s', outbox: 'waiting', stream: 'entries', gateways: 'running', screens: 'open' },
  notes: {
    total: '{total, number} since the start',
    nothingWaits: 'nothing waits',
    oldest: 'oldest {age}',
    unavailable: 'unavailable',
    gaps: 'lag {lag}, {gaps, plural, one {# gap} other {# gaps}} healed',
    latency: 'p50 {p50}, p99 {p99}',
  },

  charts: {
    latency: 'From commit to gateway',
    waiting: 'Waiting in the outbox',
    p50: 'p50',
    p99: 'p99',
    commits: 'commits',
    empty: 'The first point comes within ten seconds.',
    time: '{at, time, clock}',
  },
  faults: {
    mongo: 'MongoDB did not answer for {time}',
    store: 'The store did not answer for {time}',
    redis: 'Redis did not answer for {time}',
    stream: 'The stream did not answer for {time}',
    workers: 'A process was lost for {time}',
    publishing: 'Publishing was paused for {time}',
  },

  backups: enBackups,
  boards: enBoards,
  checks: enChecks,
  log: enLog,
  server: enServer,
  settings: enSettings,
  webhooks: enWebhooks,

  version: 'Fresco {version}',
  workers: 'Workers',
  groups: { title: 'Consumer groups', empty: 'Nobody reads the stream.' },
  gateways: { title: 'Gateways', empty: 'No gateway is running: nobody can watch.', name: 'gateway' },
  columns: {
    commit: 'Commit',
    pixels: 'Pixels',
    attempts: 'Attempts',
    since: 'Since',
    reason: 'Why',
    worker: 'Worker',
    state: 'State',
    done: 'Done',
    failures: 'Failures',
    heartbeat: 'Heartbeat',
    group: 'Group',
    kind: 'Kind',
    consumers: 'Consumers',
    pending: 'Pending',
    lag: 'Lag',
    gateway: 'Gateway',
    sockets: 'Sockets',
    boards: 'Boards',
    healed: 'Healed',
    version: 'Version',
  },
  states: { running: 'running', backing_off: 'backing off', stopped: 'stopped', lost: 'lost' },
  roles: { web: 'web', publisher: 'publisher', projector: 'projector' },
  kinds: { broadcast: 'broadcast', projection: 'projection' },
  mode: { mongo: 'MongoDB', sqlite: 'SQLite', redis: 'Redis', embedded: 'in process', redisAof: 'Redis (AOF)', redisRdb: 'Redis (RDB)' },

  measure: {
    milliseconds: '{value, number, whole} ms',
    seconds: '{value, number, tenths} s',
    wholeSeconds: '{value, number, whole} s',
    axisSeconds: '{value, number} s',
    minutes: '{value, number, whole} min',
    kibibytes: '{value, number, tenths} KiB',
    mebibytes: '{value, number, tenths} MiB',
    megabytes: '{value, number, whole} MB',
  },

  /** Why the store or the stream takes no writes, and what an operator does about it. */
  writeFault: {
    disk_full: { title: 'The disk is full', remedy: 'Free some space on the disk, or enlarge it.' },
    quota: { title: 'The disk quota is used up', remedy: 'Raise the quota, or remove other files that count against it.' },
    file_too_large: {
      title: 'A file may not grow any more',
      remedy: 'Raise the limit on the size of files (ulimit -f, or the file system).',
    },
    read_only: {
      title: 'The store or stream is read-only',
      remedy: 'Mount the file system for writing, or point to the primary instead of a replica.',
    },
    permission: { title: 'The permission to write is missing', remedy: 'Give the server’s user the right to write there.' },
    missing: {
      title: 'The database file is gone',
      remedy:
        'The data folder was deleted or replaced while the server used it. Put the same folder back, or stop the server and restore a backup.',
    },
    io_error: { title: 'The disk reports errors', remedy: 'Look at the system’s log, and have a backup ready.' },
    corrupt: { title: 'The database is damaged', remedy: 'Stop the server, keep a copy of the data folder, and restore a backup.' },
    out_of_memory: { title: 'The memory for data is used up', remedy: 'Raise the limit (on Redis: maxmemory), or remove other data.' },
    not_persisting: {
      title: 'Redis cannot save to its disk',
      remedy: 'Redis refuses writes until it can save (MISCONF). Look at its disk and its log.',
    },
    no_replicas: {
      title: 'Redis misses its replicas',
      remedy: 'Redis refuses writes until enough replicas are there (min-replicas-to-write).',
    },
    loading: { title: 'Redis is still loading its data', remedy: 'It takes writes when it has finished.' },
  },

  /** Mistakes in the setup, and what an operator does about them. */
  warning: {
    websocket_not_upgraded: {
      title: 'A proxy does not pass WebSockets on',
      remedy:
        'Let the proxy pass the headers Upgrade and Connection on /socket.io (nginx: proxy_http_version 1.1 and both headers). Until then browsers poll, which costs more.',
    },
    session_of_another_process: {
      title: 'Browsers are offline: their requests go to different processes',
      remedy:
        'Without WebSockets, all requests of a browser must reach the same process. Let the proxy pass WebSocket upgrades on /socket.io, or make it sticky (nginx: ip_hash).',
    },
    no_public_url: {
      title: 'Browsers cannot paint: PUBLIC_URL is not set',
      remedy: 'Set PUBLIC_URL to the address in the browser’s address bar, as in the line below after “from”, and start Fresco again.',
    },
    address_not_in_public_url: {
      title: 'Browsers cannot paint at an address that is not in PUBLIC_URL',
      remedy:
        'Add the address in the line below after “from” to PUBLIC_URL (a comma list), and start Fresco again; or open Fresco at an address that is in it.',
    },
    foreign_origin: {
      title: 'A page of another site was refused',
      remedy:
        'Nothing has to be done if the site in the line below is not yours. If it is the address of this Fresco, add it to PUBLIC_URL.',
    },
    forwarded_for_missing: {
      title: 'X-Forwarded-For has fewer addresses than TRUST_PROXY says',
      remedy:
        'Let each proxy add the address of its client to X-Forwarded-For, or set TRUST_PROXY to the number of proxies that do. Until then everybody counts as one address, or can choose one.',
    },
    forwarded_for_ignored: {
      title: 'X-Forwarded-For arrives and TRUST_PROXY is 0',
      remedy: 'Set TRUST_PROXY to the number of proxies in front of Fresco. Until then everybody behind the proxy counts as one address.',
    },
    proxy_without_headers: {
      title: 'A proxy forwards requests without its headers',
      remedy:
        'Let the proxy pass Host on and set X-Forwarded-For and X-Forwarded-Proto, and set TRUST_PROXY. Until then everybody counts as one address, and /metrics may be public.',
    },
    metrics_through_proxy: {
      title: '/metrics or the health details were requested through a proxy',
      remedy: 'Let the proxy refuse /metrics and /api/health. A scraper that comes through the proxy needs METRICS_TOKEN.',
    },
    sub_path: {
      title: 'Fresco was requested below a path',
      remedy:
        'Fresco works at the root of an address only. Give it a host name or a port of its own. If nobody put it below a path, this was a stray request.',
    },
    partitions_differ: {
      title: 'Processes on one database use different streams',
      remedy:
        'Set REDIS_URL, REDIS_PARTITIONS and REDIS_PREFIX to the same values in every process, and start all of them again. Until then no pixel is lost, but pixels arrive seconds late.',
    },
    versions_differ: {
      title: 'Processes run different versions of Fresco',
      remedy: 'During an upgrade this is normal. Otherwise start every process with the same version.',
    },
    schedule_step_failed: {
      title: 'A step of a schedule changed nothing',
      remedy:
        'The board could not be changed in this way any more. Later steps still run. Make the change on the page Boards if you want it.',
    },
  },
} as const

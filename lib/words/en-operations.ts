/** What an operator reads, in English. */
import type { WarningCode } from '../operator-warning.ts'
import type { FaultKind } from '../overview.ts'
import type { ProblemCode } from '../refusal.ts'
import type { WriteFault } from '../write-fault.ts'

const count = (value: number, one: string, many: string) => `${value.toLocaleString('en')} ${value === 1 ? one : many}`

/** What is wrong where the store or the stream writes, and what an operator does about it. */
const writeFaultWords: Readonly<Record<WriteFault, { title: string; remedy: string }>> = {
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
}

/** `foreign`: the answer was not Fresco's own. `seconds`: to wait; 0 when that is not known. */
type Problem =
  | { kind: 'no_answer' }
  | { kind: 'foreign'; status: number }
  | { kind: 'refused'; code: ProblemCode; detail: string; seconds: number }

const later = (seconds: number) => (seconds > 0 ? `Try again in ${seconds} s.` : 'Try again in a moment.')

/** Of the other codes the server's own sentence says enough. */
const refusals: Partial<Record<ProblemCode, (seconds: number) => string>> = {
  unauthenticated: () => 'Your session has ended. Sign in again.',
  rate_limited: (seconds) => `Too many requests came from your address. ${later(seconds)}`,
  overloaded: (seconds) => `The server is too busy. Nothing was changed. ${later(seconds)}`,
  unavailable: (seconds) => `The store does not answer. Nothing was changed. ${later(seconds)}`,
}

/** What is wrong with the setup, and what an operator does about it. */
const warningWords: Readonly<Record<WarningCode, { title: string; remedy: string }>> = {
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
    remedy: 'Nothing has to be done if the site in the line below is not yours. If it is the address of this Fresco, add it to PUBLIC_URL.',
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
    title: 'A proxy passes requests on without saying so',
    remedy:
      'Let the proxy pass Host on and set X-Forwarded-For and X-Forwarded-Proto, and set TRUST_PROXY. Until then everybody counts as one address, and /metrics may be public.',
  },
  metrics_through_proxy: {
    title: '/metrics or the details of health were asked for through a proxy',
    remedy: 'Let the proxy refuse /metrics and /api/health. A scraper that comes through the proxy needs METRICS_TOKEN.',
  },
  sub_path: {
    title: 'Fresco was asked for below a path',
    remedy:
      'Fresco works at the root of an address only. Give it a host name or a port of its own. If nobody put it below a path, this was a stray request.',
  },
}

export const operations = {
  title: 'Delivery',
  loading: 'Asking how it goes…',
  triesAgain: 'This page tries again by itself.',
  signIn: {
    title: 'Operations',
    body: 'Sign in with the admin token. Without ADMIN_TOKEN it was made at the first start: the file admin-token in the data folder.',
    byLink: 'Signing you in…',
    usedLink: 'This link was used already, or its hour is over. Sign in with the admin token.',
    token: 'Admin token',
    action: 'Sign in',
    wrong: 'This is not the admin token.',
    address: (address: string) =>
      `${address} is not in PUBLIC_URL, so nobody can sign in here. Open this page at an address that is, or add this one to PUBLIC_URL and restart.`,
    out: 'Sign out',
  },
  problem: (problem: Problem) => {
    switch (problem.kind) {
      case 'no_answer':
        return 'The server did not answer. Nothing was changed, as far as this page knows.'
      case 'foreign':
        return `Something in front of Fresco answered with status ${problem.status}. Look at the proxy.`
      case 'refused':
        return refusals[problem.code]?.(problem.seconds) ?? problem.detail
    }
  },
  cancel: 'Cancel',
  pause: {
    action: 'Pause publishing',
    resume: 'Resume publishing',
    question: {
      title: 'Pause publishing?',
      body: 'People can go on placing, and nothing is lost, but nobody will see new pixels until publishing is resumed. It stays paused across restarts.',
    },
  },
  stuck: {
    title: 'Stuck',
    columns: ['Commit', '', 'Attempts', 'Since', 'Why'],
    place: (canvas: string, tile: number, seq: number, isTombstone: boolean) =>
      `${canvas}, tile ${tile}, seq ${seq}${isTombstone ? ' (tombstone)' : ''}`,
    silent: 'The process that tried it ended without an error message.',
    retry: 'Try again now',
  },
  warnings: {
    title: 'Setup',
    words: warningWords,
    seen: (times: number, ago: string, detail: string) => `${count(times, 'time', 'times')}, last ${ago} ago: ${detail}`,
  },
  deadLetters: {
    title: 'Set aside',
    columns: ['Commit', '', 'Pixels', 'Attempts', 'Since', 'Why'],
    place: (canvas: string, tile: number, seq: number) => `${canvas}, tile ${tile}, seq ${seq}`,
    silent: 'The process that tried it did not live to tell.',
    retry: 'Retry',
    discard: 'Discard',
    discardQuestion: (pixels: number) => ({
      title: `Discard ${count(pixels, 'pixel', 'pixels')}?`,
      body: 'They were acknowledged to their painters, and will never be shown. This cannot be undone.',
    }),
  },
  verdict: {
    paused: {
      title: 'Publishing is paused',
      body: 'An operator has paused it. Placing goes on and nothing is lost; new pixels are shown when it is resumed.',
    },
    silent: { title: 'No news from the server', body: 'What you see is the last that was heard. This page tries again by itself.' },
    storeDown: {
      title: 'Pixels cannot be saved',
      body: 'The store does not answer. Painters are asked to try again; open boards stay. Nothing that was saved is lost.',
    },
    dead: (dead: number) => ({
      title: `${count(dead, 'commit was', 'commits were')} set aside`,
      body: `${dead === 1 ? 'It could not be published after several attempts, and waits' : 'They could not be published after several attempts, and wait'} below for you. Everything else goes on.`,
    }),
    cannotSave: (reason: WriteFault) => ({
      title: writeFaultWords[reason].title,
      body: `Pixels cannot be saved. Painters are asked to try again, and nothing that was saved is lost. ${writeFaultWords[reason].remedy}`,
    }),
    littleDisk: (free: string) => ({
      title: 'The disk is almost full',
      body: `${free} are left where the database is. When they are used up, pixels cannot be saved. ${writeFaultWords.disk_full.remedy}`,
    }),
    streamRefuses: (reason: WriteFault) => ({
      title: writeFaultWords[reason].title,
      body: `The stream takes no writes, so pixels arrive more slowly. Nothing is lost. ${writeFaultWords[reason].remedy}`,
    }),
    stuck: (tiles: number) => ({
      title: `${count(tiles, 'tile is', 'tiles are')} stuck`,
      body: 'A commit could not be published several times, and new pixels of its tile wait behind it. Nothing is lost. It is tried again by itself; the table below says why it failed.',
    }),
    streamDown: {
      title: 'Pixels arrive more slowly',
      body: 'The stream is away. Placing goes on and nothing is lost: gateways read the store until the stream is back.',
    },
    nobodyPublishes: {
      title: 'Nobody publishes',
      body: 'No publisher lives. Placing goes on and nothing is lost, but nobody sees new pixels until a publisher is started.',
    },
    lost: (roles: readonly string[], processes: number) => ({
      title: processes === 1 ? `A ${roles.join(', ')} process is lost` : `${processes} processes are lost: ${roles.join(', ')}`,
      body: 'No sign of life for five seconds. The others have taken over the work, and no pixel is lost. Start another one in its place.',
    }),
    workers: (names: readonly string[], error: string | null) => ({
      title: `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} not at work`,
      body: error ? `It tries again by itself. The last error: ${error}` : 'Nothing is lost; what waits is taken up by others.',
    }),
    waiting: (age: string) => ({ title: 'Pixels are waiting', body: `The oldest has waited for ${age}. Nothing is lost.` }),
    lagging: (group: string, lag: number) => ({
      title: `${group} is behind`,
      body: `It has ${count(lag, 'entry', 'entries')} to get through. Nothing is lost.`,
    }),
    well: ({ placed, published, age }: { placed: number; published: number; age: string | null }) => {
      const flow =
        placed + published === 0
          ? 'Nobody is painting right now.'
          : `${placed.toFixed(1)} placements a second in, ${published.toFixed(1)} commits out.`
      const rest = age === null ? 'Nothing is waiting.' : `The oldest one waiting is ${age} old.`
      return { title: 'Every pixel is delivered', body: `${flow} ${rest}` }
    },
  },
  stations: { placed: 'Placed', outbox: 'Outbox', stream: 'Stream', gateways: 'Gateways', screens: 'Screens' },
  units: { perSecond: '/s', waiting: 'waiting', entries: 'entries', live: 'live', open: 'open' },
  notes: {
    total: (total: number) => `${total.toLocaleString('en')} since the start`,
    oldest: (age: string | null) => (age === null ? 'nothing waits' : `oldest ${age}`),
    memory: (size: string, isConnected: boolean) => (isConnected ? size : 'away'),
    gaps: (lag: number | null, gaps: number) => `lag ${lag?.toLocaleString('en') ?? '?'}, ${count(gaps, 'gap', 'gaps')} healed`,
    latency: (p50: string, p99: string) => `p50 ${p50}, p99 ${p99}`,
  },
  charts: {
    latency: 'From commit to gateway',
    waiting: 'Waiting in the outbox',
    p50: 'p50',
    p99: 'p99',
    commits: 'commits',
    empty: 'The first point comes within ten seconds.',
    faults: (mode: { store: 'mongo' | 'sqlite'; stream: 'redis' | 'embedded' }, kind: FaultKind, time: string) =>
      ({
        store: `${mode.store === 'mongo' ? 'MongoDB' : 'The store'} was away ${time}`,
        stream: `${mode.stream === 'redis' ? 'Redis' : 'The stream'} was away ${time}`,
        workers: `A process was lost ${time}`,
        publishing: `Publishing was paused ${time}`,
      })[kind],
  },
  workers: { title: 'Workers', columns: ['Worker', 'State', 'Done', 'Failures', 'Last beat'] },
  groups: { title: 'Consumer groups', columns: ['Group', 'Kind', 'Consumers', 'Pending', 'Lag'], empty: 'Nobody reads the stream.' },
  gateways: {
    title: 'Gateways',
    columns: ['Gateway', 'Sockets', 'Boards', 'Healed'],
    empty: 'No gateway lives: nobody can watch.',
    name: 'gateway',
  },
  states: { running: 'running', backing_off: 'backing off', stopped: 'stopped', lost: 'lost' },
  mode: { mongo: 'MongoDB', sqlite: 'SQLite', redis: 'Redis', embedded: 'in process' },
  persistence: { aof: ' (AOF)', rdb: ' (RDB)', none: '', embedded: '' },
} as const

/**
 * Every sentence that a person reads, in English: short, plain, from the painter's side. A failure says what happened, whether
 * anything was lost (nothing ever is) and what comes next. Other languages are other files of the same shape.
 */
import type { CanvasState } from '../canvas.ts'
import type { ProblemCode } from '../refusal.ts'

const seconds = (ms: number) => (ms > 120_000 ? `${Math.ceil(ms / 60_000)} minutes` : `${Math.max(1, Math.ceil(ms / 1_000))} s`)
const pixels = (count: number) => (count === 1 ? '1 pixel' : `${count.toLocaleString('en')} pixels`)
const clockTime = (ms: number) => new Date(ms).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

export type NoticeCode =
  | ProblemCode
  | 'queue_full'
  | 'not_saved'
  | 'not_loaded'
  | 'not_shown'
  | 'picture_simple'
  | 'picture_incomplete'
  | 'too_many_sockets'
  | 'socket_refused'
  | 'waiting'

export interface NoticeParams {
  readonly retryAfterMs?: number
  readonly reason?: ProblemCode
  readonly count?: number
}

const notNow: Partial<Record<ProblemCode, string>> = {
  unavailable: 'The board cannot be saved right now.',
  overloaded: 'The board is very busy.',
}

const refusals: Partial<Record<NoticeCode, (params: NoticeParams) => string>> = {
  cooldown: ({ retryAfterMs }) =>
    retryAfterMs === undefined
      ? 'That was your last pixel. The next one comes soon.'
      : `That was your last pixel. The next one comes in ${seconds(retryAfterMs)}.`,
  rate_limited: ({ retryAfterMs }) => `That was very fast. Your pixel is back; try again in ${seconds(retryAfterMs ?? 1_000)}.`,
  canvas_paused: () => 'The board is paused. Your pixel is back; painting goes on when it is opened again.',
  canvas_closed: () => 'The board is closed. It can be looked at, not painted.',
  banned: () => 'You cannot paint here at the moment.',
  area_protected: () => 'This area is protected. Paint somewhere else.',
  out_of_bounds: () => 'That is outside the board.',
  color_not_in_palette: () => 'This colour is no longer on the palette. Choose another.',
  canvas_not_found: () => 'This board is no longer there.',
  forbidden: () => 'Painting is not possible at this address. Open the board at its usual address, or ask whoever runs it.',
  unauthenticated: () => 'Your session has ended. Reload the page to go on.',
  overloaded: () => 'The board is very busy. Your pixel is back; try again in a moment.',
  unavailable: () => 'The board cannot be saved right now. Your pixel is back; try again in a moment.',
  queue_full: () => 'Too many of your pixels are still on their way. Wait for them, then go on.',
  not_loaded: () => 'This part of the board is still loading. Paint it when it is there.',
  not_shown: () => 'This part of the board is not on the screen yet. Paint it when you can see it.',
  picture_simple: () => 'The graphics of this device stopped working. The board is drawn in a simpler way now, and nothing is lost.',
  too_many_sockets: () => 'Too many pages are open from your network. This one is live as soon as there is room.',
  socket_refused: () => 'The board is not live at this address. Open it at its usual address, or ask whoever runs it.',
  picture_incomplete: () => 'This device has too little memory to show all of the board. Zoom in to see the rest.',
  not_saved: ({ count = 1 }) =>
    `No answer came for ${count === 1 ? 'one of your pixels' : pixels(count)}. The board shows what was saved; paint again what is missing.`,
  waiting: ({ reason }) => `${(reason && notNow[reason]) ?? 'No answer yet.'} Your pixels are kept and sent again.`,
}

export const en = {
  name: 'Fresco',
  /** Only where the page's style sheet could not be loaded. */
  withoutStyles:
    'This page cannot load its files. Fresco works at the root of an address only, such as https://fresco.example/, and not below a path. The host has to give it a name or a port of its own.',
  description: 'A shared canvas: many people paint one board, live.',

  connection: {
    connecting: 'Connecting',
    live: 'Live',
    loading: 'Loading',
    pictureLost: 'Picture lost, waiting',
    percent: (percent: number) => `${percent} %`,
    partlyLive: 'Partly live',
    parts: (parts: number, of: number) => `${parts.toLocaleString('en')} of ${of.toLocaleString('en')} parts`,
    catchingUp: (count: number) => (count > 0 ? `Catching up · ${pixels(count)}` : 'Catching up'),
    offline: (sinceMs: number) => `Offline since ${clockTime(sinceMs)}`,
  },
  online: { count: (count: number) => count.toLocaleString('en'), word: 'here' },

  charges: {
    of: (available: number, max: number) => `${available} of ${max} pixels`,
    next: 'next in',
    full: 'all there',
    resting: 'to begin with',
    unlimited: 'Paint freely',
    unlimitedHint: 'no limit here',
    loading: 'One moment',
    waiting: (count: number) => `${pixels(count)} waiting`,
  },
  countdown: (ms: number) => {
    const left = Math.max(0, Math.ceil(ms / 1_000))
    return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`
  },

  palette: 'Palette',
  color: capital,
  nobodyYet: 'No one has painted here yet.',
  firstHint: 'Choose a colour, then click the board.',
  firstHintTouch: 'Choose a colour, then tap a cell.',
  secondHintTouch: 'Tap it again, or the button, to paint it.',
  paintCell: (gx: number, gy: number) => `Paint ${gx}, ${gy}`,
  chooseCell: 'Tap a cell to paint it',
  fold: 'Fold the palette',
  unfold: 'Show the palette',

  boardState: {
    paused: 'Paused. Painting goes on when the board is opened again.',
    closed: 'Closed. This board can be looked at, not painted.',
  } satisfies Record<Exclude<CanvasState, 'open'>, string>,

  view: {
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    zoom: (zoom: number) => `${zoom >= 10 ? Math.round(zoom) : Math.round(zoom * 10) / 10}×`,
    cell: (gx: number, gy: number) => `${gx}, ${gy}`,
    copy: 'Copy a link to this place',
    copied: 'Link copied',
    inAddress: 'Link is in the address bar',
    fit: 'Show the whole board',
  },

  tools: {
    grid: 'Grid',
    theme: { system: 'Theme: as the system', light: 'Theme: light', dark: 'Theme: dark' },
    help: 'Help',
  },

  help: {
    title: 'How to paint',
    intro: 'Choose a colour and click a cell. Everyone sees it at once, and it is never lost.',
    introTouch: 'Choose a colour and tap a cell; tap it again to paint it. Everyone sees it at once, and it is never lost.',
    charges: 'Each pixel takes one charge. Charges come back with time, also while you are away.',
    keys: 'Keyboard',
    rows: [
      ['Arrows', 'Move the cell; with Shift by ten'],
      ['Enter, Space', 'Paint the cell'],
      ['1 to 9, 0', 'Choose one of the first ten colours'],
      ['[ and ]', 'Step through the palette'],
      ['+ and −', 'Zoom'],
      ['G', 'Grid'],
      ['?', 'This help'],
    ],
    fingers: 'Fingers',
    fingerRows: [
      ['Tap', 'Choose a cell'],
      ['Tap again', 'Paint it'],
      ['Drag', 'Move the board; it never paints'],
      ['Two fingers', 'Zoom'],
    ],
    letters: 'Letter keys',
    lettersHint: 'Switch them off if they get in the way of other software.',
    close: 'Close',
  },

  board: 'Board. Arrow keys move the cell, Enter paints.',
  announce: {
    cell: (gx: number, gy: number, color: string | null) => `${gx}, ${gy}. ${color === null ? 'Not loaded' : capital(color)}.`,
    chosen: (color: string) => `${capital(color)} chosen.`,
    saved: 'Saved.',
  },

  notice: (code: NoticeCode, params: NoticeParams) =>
    refusals[code]?.(params) ?? 'That did not work. Your pixel is back; nothing else was changed.',

  notFound: {
    title: 'There is no board here',
    body: 'The address may be wrong, or the board was taken down.',
    action: 'Go to the main board',
  },
  noPicture: {
    title: 'The board cannot be drawn here',
    body: 'This browser offers neither WebGL nor a canvas. Try another browser, or switch its graphics on.',
    action: 'Try again',
  },
  failed: {
    title: 'The board could not be loaded',
    body: 'Nothing is lost: what was painted is saved. The server may be starting again.',
    action: 'Try again',
  },
  /** The same when the server has answered, but without the board. */
  failedBy: (code: ProblemCode) => ({
    title: 'The board could not be loaded',
    body:
      {
        rate_limited: 'Too many requests came from your network. Nothing is lost; this page tries again by itself.',
        overloaded: 'The server is very busy. Nothing is lost; this page tries again by itself.',
        unavailable: 'The server cannot read the board right now. Nothing is lost; this page tries again by itself.',
        forbidden: 'The server does not show the board at this address. Ask whoever runs it.',
        banned: 'You cannot see this board at the moment.',
      }[code as string] ?? `The server refused to show the board (${code}). Nothing is lost; ask whoever runs it.`,
    action: 'Try again',
  }),
} as const

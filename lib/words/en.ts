import { enActivity } from './en-activity.ts'
import { enColors } from './en-colors.ts'
import { enDevice } from './en-device.ts'
import { enInspector } from './en-inspector.ts'
import { enLinkedTemplates } from './en-linked-templates.ts'
import { enMinimap } from './en-minimap.ts'
import { enNumbers } from './en-numbers.ts'
import { enStrokes } from './en-strokes.ts'
import { enTemplateView } from './en-template-view.ts'
import { enTemplates } from './en-templates.ts'

/**
 * What a painter reads, in English, as ICU messages: short, plain sentences from the painter's side. A failure says what happened,
 * whether anything was lost (nothing ever is) and what comes next.
 */
export const en = {
  page: {
    description: 'A shared canvas: many people paint one board, live.',
    withoutStyles:
      'This page cannot load its files. Fresco works at the root of an address only, such as https://fresco.example/, and not below a path. The host has to give it a name or a port of its own.',
  },

  language: {
    label: 'Language',
    waiting: 'The language can be changed when your pixels are saved.',
  },

  connection: {
    connecting: 'Connecting',
    live: 'Live',
    loading: 'Loading',
    pictureLost: 'Picture lost, waiting',
    percent: '{percent, number} %',
    partlyLive: 'Partly live',
    parts: '{parts, number} of {total, number} parts',
    catchingUp: '{count, plural, =0 {Catching up} one {Catching up · # pixel} other {Catching up · # pixels}}',
    offline: 'Offline since {since, time, clock}',
    /** After the number itself. */
    online: '{count, plural, one {here} other {here}}',
  },

  charges: {
    available: '{available, number} of {max, number} pixels',
    /** Before the countdown. */
    next: 'next in',
    countdown: '{minutes, number, plain}:{seconds, number, twoDigits}',
    full: 'all there',
    resting: 'to begin with',
    unlimited: 'Paint freely',
    unlimitedHint: 'no limit here',
    loading: 'One moment',
    waiting: '{count, plural, one {# pixel waiting} other {# pixels waiting}}',
  },

  duration: {
    seconds: '{count, number} s',
    minutes: '{count, plural, one {# minute} other {# minutes}}',
    hours: '{count, plural, one {# hour} other {# hours}}',
    days: '{days, number} d {hours, number} h',
    clock: '{hours, number, plain}:{minutes, number, twoDigits}:{seconds, number, twoDigits}',
  },

  /** A time, seen from today, in the time zone of the visitor. */
  moment: {
    today: 'today at {at, time, clock}',
    tomorrow: 'tomorrow at {at, time, clock}',
    week: '{at, date, weekday} at {at, time, clock}',
    year: '{at, date, day} at {at, time, clock}',
    later: '{at, date, fullDay} at {at, time, clock}',
  },

  dock: {
    palette: 'Palette',
    paintCell: 'Paint {x, number, plain}, {y, number, plain}',
    chooseCell: 'Tap a cell to paint it',
    fold: 'Fold the palette',
    eyedropper: 'Pick a colour from the board',
    unfold: 'Show the palette',
  },

  hint: {
    nobodyYet: 'No one has painted here yet.',
    click: 'Choose a colour, then click the board.',
    tap: 'Choose a colour, then tap a cell.',
    tapAgain: 'Tap it again, or the button, to paint it.',
  },

  boardState: {
    paused: 'Paused. Painting continues when the board is opened again.',
    closed: 'Closed. This board can be looked at, not painted.',
    starting_over: 'The host is starting this board over. Painting continues when it is opened again.',
    archived: 'An archive since {at, date, fullDay}. This board can be looked at, not painted.',
    opens: 'Opens {moment}',
    opensSoon: 'Opens in a moment',
    /** Before the countdown. */
    opensIn: 'in',
    calendar: 'Add to calendar',
    calendarHint: 'Download the opening for your calendar',
  },

  finale: {
    only: 'Finale: only {color} can be placed.',
    otherColor: '{color}. Not in the finale.',
  },

  message: {
    name: 'Message from the host',
    important: 'Important',
    dismiss: 'Dismiss this message',
    more: 'Show all of it',
    less: 'Show less',
  },

  view: {
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    zoom: '{zoom, number}×',
    cell: '{x, number, plain}, {y, number, plain}',
    noCell: '–, –',
    copy: 'Copy a link to this place',
    copied: 'Link copied',
    inAddress: 'Link is in the address bar',
    fit: 'Show the whole board',
  },

  tools: {
    grid: 'Grid',
    theme: { system: 'Theme: as the system', light: 'Theme: light', dark: 'Theme: dark' },
    rules: 'Rules',
    rulesUnread: 'Rules, not read yet',
    help: 'Help',
  },

  rules: {
    title: 'Rules',
    none: 'The host has set no rules for this board.',
    loading: 'The rules are loading.',
    /** After a link that opens outside the board. */
    newTab: '(opens in a new tab)',
    facts: {
      board: 'Board',
      size: { name: 'Size', value: '{width, number, plain} × {height, number, plain}' },
      pace: {
        name: 'One pixel every',
        value: '{time}',
        none: 'no limit',
      },
      saved: { name: 'Saves up at most', value: '{count, plural, one {# pixel} other {# pixels}}' },
      opens: 'Opens',
      closes: 'Closes',
      zone: 'Times are in your time zone, {zone}.',
      link: 'Only people who have the address of this board can find it.',
      areas:
        '{count, plural, one {# area is} other {# areas are}} protected: only staff can paint there. Hatching on the board shows where.',
    },
  },

  help: {
    title: 'How to paint',
    intro: 'Choose a colour and click a cell. Everyone sees it at once, and it is never lost.',
    introTouch: 'Choose a colour and tap a cell; tap it again to paint it. Everyone sees it at once, and it is never lost.',
    charges: 'Each pixel takes one charge. Charges come back with time, also while you are away.',
    keyboard: 'Keyboard',
    keys: {
      move: { input: 'Arrows', action: 'Move the cell; with Shift by ten' },
      paint: { input: 'Enter, Space', action: 'Paint the cell' },
      draw: { input: 'Hold Space', action: 'Draw while you move; Esc drops it' },
      choose: { input: '1 to 9, 0', action: 'Choose one of the first ten colours' },
      pick: { input: 'Alt + click', action: 'Pick a colour from the board' },
      inspect: { input: 'Right click', action: 'Inspect a cell' },
    },
    touch: 'Fingers',
    gestures: {
      choose: { input: 'Tap', action: 'Choose a cell' },
      paint: { input: 'Tap again', action: 'Paint it' },
      draw: { input: 'Brush, one finger', action: 'Draw' },
      move: { input: 'Drag', action: 'Move the board; it never paints' },
      zoom: { input: 'Two fingers', action: 'Zoom' },
      inspect: { input: 'Long press', action: 'Inspect it' },
    },
    letters: 'Letter keys',
    lettersHint: 'Switch them off if they get in the way of other software.',
  },

  ...enInspector,
  templates: enTemplates,
  ...enDevice,
  ...enNumbers,
  ...enMinimap,

  ...enStrokes,
  templateView: enTemplateView,
  linkedTemplates: enLinkedTemplates,
  ...enActivity,

  panel: {
    close: 'Close',
    /** On a phone: makes an open panel a strip above the dock. */
    lower: 'Show the palette below',
    raise: 'Show all of this',
    failed: 'This could not be loaded. Painting continues; try again when you are online.',
  },

  board: 'Board. Arrow keys move the cell, Enter paints.',

  announce: {
    cell: '{x, number, plain}, {y, number, plain}. {color}.',
    notLoaded: '{x, number, plain}, {y, number, plain}. Not loaded.',
    protected: '{x, number, plain}, {y, number, plain}. {color}. Protected.',
    chosen: '{color} chosen.',
    saved: 'Saved.',
  },

  /** A refusal of the server or of the page, by its code. */
  notice: {
    cooldown: 'That was your last pixel. The next one comes in {wait}.',
    cooldownSoon: 'That was your last pixel. The next one comes soon.',
    rate_limited: 'That was very fast. Your pixel is back; try again in {wait}.',
    canvas_paused: 'The board is paused. Your pixel is back; painting continues when it is opened again.',
    canvas_closed: 'The board is closed. It can be looked at, not painted.',
    banned: 'You cannot paint here at the moment.',
    area_protected: 'This area is protected. Paint somewhere else.',
    color_not_allowed: 'This is the finale: only the one colour that is left on the palette can be placed.',
    out_of_bounds: 'That is outside the board.',
    color_not_in_palette: 'This colour is no longer on the palette. Choose another.',
    canvas_not_found: 'This board is no longer there.',
    stale_epoch: 'The host has started this board over or restored it. A pixel that you painted before was not placed.',
    forbidden: 'Painting is not possible at this address. Open the board at its usual address, or ask its host.',
    unauthenticated: 'Your session has ended. Reload the page to go on.',
    overloaded: 'The board is very busy. Your pixel is back; try again in a moment.',
    unavailable: 'The board cannot be saved right now. Your pixel is back; try again in a moment.',
    queue_full: 'Too many of your pixels are not saved yet. Wait for them, then go on.',
    not_loaded: 'This part of the board is still loading. Paint it when it is there.',
    nothing_to_pick: 'This part of the board is still loading. No colour was picked.',
    not_shown: 'This part of the board is not on the screen yet. Paint it when you can see it.',
    too_small_to_draw: 'The cells are too small to draw on. Zoom in.',
    board_reset: 'The host has started this board over or restored it. It shows what is there now.',
    picture_simple: 'The graphics of this device stopped working. The board is drawn in a simpler way now, and nothing is lost.',
    picture_incomplete: 'This device has too little memory to show all of the board. Zoom in to see the rest.',
    too_many_sockets: 'Too many pages are open from your network. This one is live as soon as there is room.',
    socket_refused: 'The board is not live at this address. Open it at its usual address, or ask its host.',
    not_saved:
      'No answer came for {count, plural, =1 {one of your pixels} one {# pixel} other {# pixels}}. The board shows what was saved; paint again what is missing.',
    waiting: 'No answer yet. Your pixels are kept and sent again.',
    waitingUnavailable: 'The board cannot be saved right now. Your pixels are kept and sent again.',
    waitingOverloaded: 'The board is very busy. Your pixels are kept and sent again.',
    template_nothing_here: 'Nothing is left to paint in the parts that are loaded.',
    template_gone: 'There is no template at this link. It may have been removed.',
    template_elsewhere: 'This template belongs to another board.',
    template_removed: 'A shared template was removed. You keep a copy on this device.',
    template_full: 'You have 20 templates already. Delete one, then open the link again.',
    template_unloaded: 'The template could not be loaded. Open the link again.',
    template_done: 'The template is done: nothing is left to paint.',
    other: 'That did not work. Your pixel is back; nothing else was changed.',
  },

  site: {
    privacy: 'Privacy',
    home: 'To the start page',
    boards: 'All boards',
  },

  start: {
    boards: 'Boards',
    size: '{width, number, plain} × {height, number, plain}',
    status: { open: 'Open', finale: 'Finale', opens: 'Opens later', paused: 'Paused', closed: 'Closed', archive: 'Finished' },
    opens: 'Opens {moment}',
    opensSoon: 'Opens in a moment',
    /** Before the countdown. */
    opensIn: 'in',
    openUntil: 'Open until {moment}',
    /** After the number. */
    online: '{count, plural, other {here}}',
    noPicture: 'No picture right now',
    empty: {
      title: 'There is no board here yet',
      body: 'The host of this site can make one, or put one on this list.',
      action: 'Make a board',
    },
    failed: {
      title: 'The boards could not be loaded',
      body: 'Nothing is lost. This page tries again automatically.',
      old: 'This is what was here at {at, time, clock}. The boards are not affected; this page tries again automatically.',
      action: 'Try now',
    },
  },

  deleted: {
    title: 'This board was deleted',
    body: 'The host has deleted it. What was painted on it is no longer there. Other boards are not affected.',
    action: 'Go to the start page',
  },
  notFound: {
    title: 'There is no board here',
    body: 'The address may be wrong, or the board was taken down.',
    action: 'Go to the start page',
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
    /** Why, when the server has answered without the board. */
    by: {
      rate_limited: 'Too many requests came from your network. Nothing is lost; this page tries again automatically.',
      overloaded: 'The server is very busy. Nothing is lost; this page tries again automatically.',
      unavailable: 'The server cannot read the board right now. Nothing is lost; this page tries again automatically.',
      forbidden: 'The server does not show the board at this address. Ask its host.',
      banned: 'You cannot see this board at the moment.',
      other: 'The server refused to show the board ({code}). Nothing is lost; ask its host.',
    },
  },

  /** By the name in `palette.ts`. */
  color: enColors,
  /** Several colors of a palette may be called after the same one. */
  numberedColor: '{color} {number, number}',
} as const

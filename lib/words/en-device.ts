/** What a painter reads about the keys, the settings and the data of this device, in English, as ICU messages. */
export const enDevice = {
  keys: {
    previousColor: 'Previous colour',
    nextColor: 'Next colour',
  },

  settings: {
    title: 'Settings',
    tools: 'Tools',
    /** Of the button that opens the painter's menu. */
    menu: 'Menu of {name}',
    profile: 'Your profile',
    eyedropper: 'Eyedropper',
    look: 'Look',
    theme: 'Theme',
    themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
    motion: 'Motion',
    motions: { system: 'As the system', less: 'Less' },
    motionHint: 'With less motion, the board does not glide and nothing fades in.',
    language: 'Language',
    keys: 'Keys',
    keyNone: 'none',
    keyChange: '{command}: {key}. Change the key',
    keyPress: 'Press a key',
    keyWaiting: 'Press the new key for “{command}”. Esc keeps the old one.',
    keyTaken: '{key} belongs to “{command}”. Press it again to move it here.',
    keyRefused: 'This key cannot be chosen. Press another one.',
    keyDefault: 'Use the usual key',
    keysReset: 'Use all usual keys',
    keysChange: 'Change keys',
    device: 'This device',
    deviceHint: 'Settings and templates are kept in this browser only.',
    export: 'Export',
    erase: 'Erase',
    eraseAsk: 'Erase your settings, your keys and the templates on this device? This cannot be undone. You stay the same painter.',
    eraseNow: 'Erase all of it',
    keep: 'Keep it',
    eraseWaiting: 'Erasing is possible when your pixels are saved.',
    deviceFailed: 'The browser did not allow all of this. Your pixels are not affected.',
  },

  ready: {
    section: 'Pixels that are back',
    when: 'Tell me about',
    next: 'The next pixel is there',
    full: 'All pixels are there',
    /** The title of the tab. */
    tab: '({available, number}/{max, number}) {page}',
    title: 'Pixels in the title of the tab',
    titleHint: 'Such as (3/10).',
    sound: 'Sound',
    notify: 'Notification',
    notifyHint: 'Only while this page is in the background. One tab speaks for all.',
    free: 'This board has no limit now, so there is nothing to wait for.',
    problems: {
      insecure: 'The browser shows notifications of pages with https only. The sound and the title work here, too.',
      install: 'Add this page to the home screen first. The sound and the title work here, too.',
      missing: 'This browser has no notifications. The sound and the title work here, too.',
      denied: 'Notifications of this page are blocked. Allow them in the settings of the browser. The sound and the title work anyway.',
    },
  },

  version: {
    missing: 'This part belongs to an older version of the page. Reload the page to open it.',
    reload: 'Reload',
  },

  offline: {
    title: 'You are offline',
    body: 'The board needs a connection. Nothing is lost: pixels that were not sent yet are sent when the page is open again.',
    action: 'Try again',
  },
} as const

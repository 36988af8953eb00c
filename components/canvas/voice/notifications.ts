/** Notifications of the browser, where it has them. */

/** Why there can be no notification. The page names each of them. */
export type NotificationProblem = 'insecure' | 'install' | 'missing' | 'denied'

export const notificationProblem = (): NotificationProblem | null => {
  if ('Notification' in globalThis) {
    if (!isSecureContext) return 'insecure'
    return Notification.permission === 'denied' ? 'denied' : null
  }
  if (!isSecureContext) return 'insecure'
  // Safari on iOS has notifications only in pages of the home screen.
  return (navigator as { standalone?: boolean }).standalone === false ? 'install' : 'missing'
}

/** Call it in the click that switches notifications on. Returns whether they are allowed. */
export const askForNotifications = async (): Promise<boolean> =>
  notificationProblem() === null && (await Notification.requestPermission()) === 'granted'

export interface Message {
  readonly title: string
  readonly body: string
  /** A new one replaces the last one with the same tag. */
  readonly tag: string
}

const options = ({ body, tag }: Message) => ({
  body,
  tag,
  icon: '/icons/icon-192.png',
  lang: document.documentElement.lang,
  data: { url: location.href },
})

/** Some browsers show notifications through a service worker only, and others have no service worker. */
export const showNotification = async (message: Message): Promise<void> => {
  if (notificationProblem() !== null || Notification.permission !== 'granted') return
  const worker = await navigator.serviceWorker?.getRegistration()
  if (worker?.active) return worker.showNotification(message.title, options(message))
  const shown = new Notification(message.title, options(message))
  shown.onclick = () => {
    focus()
    shown.close()
  }
}

/** The painter is back, and the page itself shows it. */
export const closeNotifications = async (tag: string): Promise<void> => {
  const worker = await navigator.serviceWorker?.getRegistration()
  for (const shown of (await worker?.getNotifications?.({ tag })) ?? []) shown.close()
}

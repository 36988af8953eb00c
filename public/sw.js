// The service worker: it shows notifications, and one page while the browser is offline. It caches nothing else, so a page is never older than
// the server. A new version takes over at once.
const cacheName = 'fresco-offline-1'
const offlinePage = '/offline.html'

const keepOfflinePage = async (language) => {
  const cache = await caches.open(cacheName)
  const kept = await cache.match(offlinePage)
  if (kept && kept.headers.get('content-language') === language) return
  const answer = await fetch(`${offlinePage}?language=${encodeURIComponent(language)}`, { cache: 'no-store' })
  if (answer.ok) await cache.put(offlinePage, answer)
}

const removeOldCaches = async () => {
  for (const name of await caches.keys()) if (name.startsWith('fresco-') && name !== cacheName) await caches.delete(name)
}

const load = async (event) => {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request))
  } catch (error) {
    const kept = await caches.match(offlinePage)
    if (kept) return kept
    throw error
  }
}

const show = async (url) => {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const { pathname } = new URL(url)
  const page = pages.find((each) => new URL(each.url).pathname === pathname)
  if (page) await page.focus()
  else await self.clients.openWindow(url)
}

self.addEventListener('install', (event) => {
  event.waitUntil(self.skipWaiting())
})

self.addEventListener('activate', (event) => {
  const start = async () => {
    await removeOldCaches()
    await self.registration.navigationPreload?.enable()
    await self.clients.claim()
  }
  event.waitUntil(start())
})

self.addEventListener('fetch', (event) => {
  if (event.request.mode === 'navigate' && event.request.method === 'GET') event.respondWith(load(event))
})

self.addEventListener('message', (event) => {
  const { language } = event.data ?? {}
  // Offline, the page that is kept stays.
  if (typeof language === 'string') event.waitUntil(keepOfflinePage(language).catch(() => undefined))
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  const { url } = event.notification.data ?? {}
  if (typeof url === 'string' && new URL(url).origin === self.location.origin) event.waitUntil(show(url))
})

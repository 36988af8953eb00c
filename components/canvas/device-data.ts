/** What Fresco keeps in this browser: it can be exported and erased. The painter's session is a cookie that only the server reads. */
import { languageCookie } from '../../lib/words/language.ts'

const isOurs = (name: string) => /^fresco[.:-]/.test(name)
/** In a browser without cookies it is the painter, as the session cookie is elsewhere. */
const isSecret = (name: string) => name.includes('token')

const entriesOf = (storage: Storage): [string, string][] =>
  Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '')
    .filter(isOurs)
    .map((name) => [name, storage.getItem(name) ?? ''])

/** Databases of older browsers cannot be listed. */
const databaseNames = async (): Promise<string[]> => {
  const databases = (await globalThis.indexedDB?.databases?.()) ?? []
  return databases.flatMap(({ name }) => (name !== undefined && isOurs(name) ? [name] : []))
}

const asPromise = <Value>(request: IDBRequest<Value>): Promise<Value> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

const readDatabase = async (name: string): Promise<Record<string, unknown[]>> => {
  const database = await asPromise(indexedDB.open(name))
  try {
    const stores = [...database.objectStoreNames]
    const read = stores.map(async (store) => [store, await asPromise(database.transaction(store).objectStore(store).getAll())] as const)
    return Object.fromEntries(await Promise.all(read))
  } finally {
    database.close()
  }
}

const chunkBytes = 0x8000

const toBase64 = (bytes: Uint8Array): string => {
  let text = ''
  for (let at = 0; at < bytes.length; at += chunkBytes) text += String.fromCharCode(...bytes.subarray(at, at + chunkBytes))
  return btoa(text)
}

/** Binary data as base64, with the name of its type. */
const binary = (_: string, value: unknown): unknown => {
  const bytes = value instanceof ArrayBuffer ? new Uint8Array(value) : value
  if (!ArrayBuffer.isView(bytes)) return value
  const base64 = toBase64(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  return { type: (value as object).constructor.name, base64 }
}

/** A JSON text of everything but secrets. @throws when the browser refuses to read its own storage. */
export const exportDeviceData = async (at: Date): Promise<string> => {
  const databases: Record<string, unknown> = {}
  for (const name of await databaseNames()) databases[name] = await readDatabase(name)
  const settings = Object.fromEntries(entriesOf(localStorage).filter(([name]) => !isSecret(name)))
  const tab = Object.fromEntries(entriesOf(sessionStorage).filter(([name]) => !isSecret(name)))
  return JSON.stringify({ madeAt: at.toISOString(), site: location.origin, settings, tab, databases }, binary, 2)
}

const deleteDatabase = (name: string) =>
  new Promise<void>((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name)
    request.onsuccess = () => resolve()
    request.onerror = () => reject(request.error)
    // Another tab has it open. It is deleted as soon as that one is closed.
    request.onblocked = () => resolve()
  })

/** Erases everything but the painter's session. @throws when the browser refuses. */
export const eraseDeviceData = async (): Promise<void> => {
  for (const storage of [localStorage, sessionStorage])
    for (const [name] of entriesOf(storage)) if (!isSecret(name)) storage.removeItem(name)
  for (const name of await databaseNames()) await deleteDatabase(name)
  for (const name of (await globalThis.caches?.keys()) ?? []) if (isOurs(name)) await caches.delete(name)
  for (const worker of (await navigator.serviceWorker?.getRegistrations()) ?? []) await worker.unregister()
  // biome-ignore lint/suspicious/noDocumentCookie: The Cookie Store needs a secure context, and Fresco also works on plain http.
  document.cookie = `${languageCookie}=; path=/; max-age=0; samesite=lax`
}

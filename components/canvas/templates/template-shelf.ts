/**
 * Keeps the templates of this browser in IndexedDB. The pictures are separate from the settings, so that moving a slider does not write
 * megabytes. Records belong to a board's id: they stay when the board gets a new epoch.
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import { recolorPicture } from '../../../lib/templates/recolor-picture.ts'
import { noCell, type PlacedTemplate, type TemplatePicture, templateLimits, templateLooks } from '../../../lib/templates/template.ts'

const databaseName = 'fresco-templates'
const databaseVersion = 1
/** Of a record. A record of a newer version is kept and not read. */
const recordVersion = 1

interface SettingsRecord extends Omit<PlacedTemplate, 'picture'> {
  readonly canvasId: string
  readonly version: number
  readonly order: number
  readonly pictureId: string
  /** The colors that the picture's indices mean. */
  readonly palette: readonly string[]
}

interface Schema extends DBSchema {
  settings: { key: [string, string]; value: SettingsRecord; indexes: { canvasId: string } }
  pictures: { key: string; value: TemplatePicture }
}

export interface ShelfContent {
  readonly templates: readonly PlacedTemplate[]
  /** Records that a newer version of the page has written. */
  readonly unreadable: number
}

/** What has changed since the last save. */
export interface ShelfChange {
  readonly changed: readonly { readonly template: PlacedTemplate; readonly order: number }[]
  readonly removedIds: readonly string[]
}

export interface TemplateShelf {
  load(palette: readonly string[]): Promise<ShelfContent>
  /** All of the change or nothing. */
  save(change: ShelfChange, palette: readonly string[]): Promise<void>
  close(): void
}

/** @throws when this browser has no IndexedDB, or forbids it. */
export const openTemplateShelf = async (canvasId: string): Promise<TemplateShelf> => {
  const database = await openDatabase()
  // A later version of the page may change the database's structure only when no page uses the old one.
  database.addEventListener('versionchange', () => database.close())
  return new IndexedDbShelf(database, canvasId)
}

const openDatabase = () =>
  openDB<Schema>(databaseName, databaseVersion, {
    upgrade(database) {
      database.createObjectStore('settings', { keyPath: ['canvasId', 'id'] }).createIndex('canvasId', 'canvasId')
      database.createObjectStore('pictures')
    },
  }).catch((error: unknown) => {
    // After a downgrade of the server, the existing database is opened as it is.
    if (error instanceof DOMException && error.name === 'VersionError') return openDB<Schema>(databaseName)
    throw error
  })

class IndexedDbShelf implements TemplateShelf {
  readonly #database: IDBPDatabase<Schema>
  readonly #canvasId: string
  /** The pictures that the database has, by the object in memory, and those objects by their key. */
  readonly #keys = new WeakMap<TemplatePicture, string>()
  #loaded = new Map<string, { picture: TemplatePicture; palette: string }>()

  constructor(database: IDBPDatabase<Schema>, canvasId: string) {
    this.#database = database
    this.#canvasId = canvasId
  }

  async load(palette: readonly string[]): Promise<ShelfContent> {
    const reading = this.#database.transaction(['settings', 'pictures'])
    const records = await reading.objectStore('settings').index('canvasId').getAll(this.#canvasId)
    const readable = records.filter(isReadable)
    readable.sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1))
    const colors = palette.join()
    const pictures = new Map<string, { picture: TemplatePicture; palette: string }>()
    const templates: PlacedTemplate[] = []
    for (const { canvasId: _, version: __, order: ___, pictureId, palette: from, ...settings } of readable) {
      const known = this.#loaded.get(pictureId)
      const stored = known?.palette === colors ? known.picture : await reading.objectStore('pictures').get(pictureId)
      if (!stored || !isPicture(stored)) continue
      const picture = known?.picture === stored ? stored : recolorPicture(stored, from, palette)
      if (picture === stored) this.#keys.set(picture, pictureId)
      pictures.set(pictureId, { picture, palette: colors })
      templates.push({ ...settings, picture })
    }
    await reading.done
    this.#loaded = pictures
    return { templates, unreadable: records.length - templates.length }
  }

  async save({ changed, removedIds }: ShelfChange, palette: readonly string[]) {
    const writing = this.#database.transaction(['settings', 'pictures'], 'readwrite')
    const [settings, pictures] = [writing.objectStore('settings'), writing.objectStore('pictures')]
    const added: [TemplatePicture, string][] = []
    const write = async () => {
      for (const { template, order } of changed) {
        const { picture, ...rest } = template
        const before = await settings.get([this.#canvasId, template.id])
        const pictureId = this.#keys.get(picture) ?? newKey()
        if (before?.pictureId !== pictureId) {
          await pictures.put({ width: picture.width, height: picture.height, cells: picture.cells }, pictureId)
          if (before) await pictures.delete(before.pictureId)
          added.push([picture, pictureId])
        }
        await settings.put({ ...rest, canvasId: this.#canvasId, version: recordVersion, order, pictureId, palette })
      }
      for (const id of removedIds) {
        const before = await settings.get([this.#canvasId, id])
        if (!before) continue
        await pictures.delete(before.pictureId)
        await settings.delete([this.#canvasId, id])
      }
    }
    // A failed request also fails the transaction, which has the reason, such as a full disk.
    const [written] = await Promise.all([
      write().then(
        () => null,
        (error: unknown) => error,
      ),
      writing.done,
    ])
    if (written) throw written
    for (const [picture, key] of added) {
      this.#keys.set(picture, key)
      this.#loaded.set(key, { picture, palette: palette.join() })
    }
  }

  close() {
    this.#database.close()
  }
}

/** `randomUUID` exists on secure origins only. */
export const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('')

const isReadable = (record: SettingsRecord) =>
  record.version === recordVersion && templateLooks.includes(record.look) && Number.isInteger(record.x) && Number.isInteger(record.y)

const isPicture = ({ width, height, cells }: TemplatePicture) =>
  cells instanceof Uint16Array && cells.length === width * height && cells.length <= templateLimits.maxCells && cells.every(isCell)

const isCell = (cell: number) => cell < 256 || cell === noCell

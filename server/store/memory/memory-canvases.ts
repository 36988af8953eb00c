/** Canvases, the site and the state of the backups in memory. */
import { type BackupState, noBackups } from '../../../lib/backups.ts'
import type { CanvasId } from '../../../lib/brand.ts'
import { type Canvas, canvasLimits } from '../../../lib/canvas.ts'
import { type CanvasUpdate, type CanvasUpdateOutcome, planCanvasUpdate } from '../../../lib/control-log.ts'
import { isGone } from '../../../lib/erasing.ts'
import { defaultSite, planSiteUpdate, type Site, type SiteUpdate } from '../../../lib/site.ts'
import type { CanvasCreation } from '../port.ts'
import { followedFromCreation } from '../webhooks-port.ts'
import { MemoryOutbox } from './memory-outbox.ts'
import { MemoryTemplates } from './memory-templates.ts'
import { MemoryWebhooks } from './memory-webhooks.ts'

export class MemoryCanvases extends MemoryOutbox {
  readonly webhooks = new MemoryWebhooks((point, run) => this.transaction(point, run))
  readonly templates = new MemoryTemplates({
    transaction: (point, run) => this.transaction(point, run),
    getCanvas: (id) => this.canvases.get(id) ?? null,
    addEntry: (entry) => this.addEntry(entry),
  })
  #site: Site = defaultSite
  #siteLogo: Uint8Array | null = null
  #backups: BackupState = noBackups

  listCanvases = () => this.transaction('list-canvases', () => [...this.canvases.values()])
  getCanvas = (id: CanvasId) => this.transaction('get-canvas', () => this.canvases.get(id) ?? null)

  ensureCanvas(canvas: Canvas) {
    return this.transaction('ensure-canvas', () => {
      const stored = this.canvases.get(canvas.id)
      if (!stored) this.#add(canvas)
      return stored ?? canvas
    })
  }

  createCanvas(canvas: Canvas) {
    return this.transaction('create-canvas', (): CanvasCreation => {
      if (this.canvases.has(canvas.id)) return 'exists'
      if (this.canvases.size >= canvasLimits.maxCanvases) return 'limit'
      this.#add(canvas)
      return 'created'
    })
  }

  updateCanvas(update: CanvasUpdate) {
    return this.transaction('update-canvas', (): CanvasUpdateOutcome => {
      const canvas = this.canvases.get(update.id) ?? null
      if (isGone(canvas)) return { kind: 'not_found' }
      if (canvas.rev !== update.rev) return { kind: 'stale', canvas }
      return { kind: 'updated', canvas: this.saveChange(planCanvasUpdate(canvas, update)) }
    })
  }

  protected saveChange({ canvas, entry }: ReturnType<typeof planCanvasUpdate>): Canvas {
    this.canvases.set(canvas.id, canvas)
    this.addEntry(entry)
    return canvas
  }

  getBackups = () => this.transaction('get-backups', () => this.#backups)

  saveBackups(state: BackupState) {
    return this.transaction('save-backups', () => {
      if (this.#backups.rev !== state.rev - 1) return false
      this.#backups = state
      return true
    })
  }

  #add(canvas: Canvas) {
    this.canvases.set(canvas.id, canvas)
    this.webhooks.setFollowed(followedFromCreation(canvas))
  }

  getSite = () => this.transaction('get-site', () => this.#site)
  getSiteLogo = () => this.transaction('get-site-logo', () => this.#siteLogo)

  saveSite(update: SiteUpdate) {
    return this.transaction('save-site', () => {
      const { isNew, ...outcome } = planSiteUpdate(this.#site, update)
      if (isNew) this.#site = outcome.site
      if (isNew && update.logo !== undefined) this.#siteLogo = update.logo?.png ?? null
      return outcome
    })
  }
}

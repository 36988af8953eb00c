/**
 * The collections and their indexes, as mongoose schemas. Hot paths use the driver's collections: a document of mongoose costs thirty
 * times an insert of the driver. `open-mongo.ts` makes the indexes before the first transaction.
 */
import mongoose, { type Connection } from 'mongoose'
import { heartbeatsKeptMs } from '../membership-port.ts'
import type {
  ActDocument,
  CanvasDocument,
  CursorDocument,
  DeadLetterDocument,
  HeadDocument,
  HeartbeatDocument,
  HistoryDocument,
  IdempotencyKeyDocument,
  OutboxDocument,
  PainterDocument,
  PixelDocument,
  PointDocument,
  ProfileDocument,
  SettingDocument,
  SnapshotDocument,
  StatDocument,
  TemplateDocument,
  TemplatePictureDocument,
  TemplateProgressDocument,
  WebhookDeliveryDocument,
  WebhookDocument,
} from './document-types.ts'

const { Schema } = mongoose
const number = { type: Number, required: true }
const text = { type: String, required: true }
const options = { versionKey: false, autoIndex: false, autoCreate: false } as const

/**
 * Selects the commits without a seq. The condition on `at` is always true: the index begins with `at`, and without a condition on it MongoDB
 * reads the whole log.
 */
export const unsequencedOnly = { unsequenced: true as const, at: { $gte: 0 } }

export const retentionIndex = 'retention'

const outboxSchema = (retentionMs: number) => {
  const schema = new Schema<OutboxDocument>(
    {
      _id: text,
      canvas: text,
      tile: number,
      epoch: text,
      at: number,
      cause: text,
      pixels: { type: Schema.Types.Buffer, required: true },
      seq: Number,
      unsequenced: Boolean,
      unpublished: Boolean,
      publishedAt: Date,
      attempts: number,
      lastError: String,
      kind: String,
    },
    { ...options, collection: 'outboxes' },
  )
  schema.index({ canvas: 1, tile: 1, seq: 1 }, { name: 'log', unique: true, partialFilterExpression: { seq: { $exists: true } } })
  schema.index({ at: 1, _id: 1 }, { name: 'unsequenced', partialFilterExpression: { unsequenced: true } })
  schema.index({ unpublished: 1, canvas: 1, tile: 1, seq: 1 }, { name: 'unpublished', partialFilterExpression: { unpublished: true } })
  schema.index({ at: 1 }, { name: 'unpublished-age', partialFilterExpression: { unpublished: true } })
  schema.index({ publishedAt: 1 }, { name: retentionIndex, expireAfterSeconds: Math.round(retentionMs / 1_000) })
  return schema
}

const pixelSchema = () => {
  const schema = new Schema<PixelDocument>(
    { _id: text, canvas: text, tile: number, position: number, color: number, by: text, at: number, cause: text },
    { ...options, collection: 'pixels' },
  )
  schema.index({ canvas: 1, tile: 1 }, { name: 'tile' })
  return schema
}

const idempotencyKeySchema = () => {
  const schema = new Schema<IdempotencyKeyDocument>({ _id: text, at: number, value: text }, { ...options, collection: 'remembered' })
  schema.index({ at: 1 }, { name: 'age' })
  return schema
}

const heartbeatSchema = () => {
  const fields = { _id: text, roles: [String], beats: number, startedAt: number, at: Date, report: text }
  const schema = new Schema<HeartbeatDocument>(fields, { ...options, collection: 'heartbeats' })
  schema.index({ at: 1 }, { name: 'age', expireAfterSeconds: heartbeatsKeptMs / 1_000 })
  return schema
}

const pointSchema = () => {
  const schema = new Schema<PointDocument>({ _id: number, body: text, at: Date }, { ...options, collection: 'points' })
  schema.index({ at: 1 }, { name: 'age', expireAfterSeconds: heartbeatsKeptMs / 1_000 })
  return schema
}

const deadLetterSchema = () => {
  const blob = { type: Schema.Types.Buffer, required: true }
  const schema = new Schema<DeadLetterDocument>(
    {
      _id: text,
      canvas: text,
      tile: number,
      epoch: text,
      seq: number,
      at: number,
      cause: text,
      pixels: blob,
      attempts: number,
      error: String,
      diedAt: number,
      restoredAt: number,
      kind: String,
    },
    { ...options, collection: 'deadletters' },
  )
  schema.index({ diedAt: 1, _id: 1 }, { name: 'oldest' })
  return schema
}

const historySchema = () => {
  const fields = { canvas: text, tile: number, position: number, at: number, seq: number, epoch: text, color: number, previous: number }
  const schema = new Schema<HistoryDocument>(
    { _id: text, ...fields, by: text, cause: text, undoes: Number },
    { ...options, collection: 'histories' },
  )
  schema.index({ canvas: 1, tile: 1, position: 1, at: 1 }, { name: 'pixel' })
  return schema
}

const statSchema = () => {
  const key = { type: Schema.Types.Mixed, required: true }
  const fields = { _id: text, canvas: text, kind: text, key, placed: number, cells: Schema.Types.Mixed }
  const schema = new Schema<StatDocument>(fields, { ...options, collection: 'stats' })
  schema.index({ canvas: 1, kind: 1, placed: -1, key: 1 }, { name: 'leaders' })
  schema.index({ canvas: 1, kind: 1, key: 1 }, { name: 'key' })
  return schema
}

const profileSchema = () => {
  const fields = { _id: text, canvas: text, painter: text, day: number, placedThatDay: number, placed: number, body: text }
  const schema = new Schema<ProfileDocument>(fields, { ...options, collection: 'profiles' })
  schema.index({ canvas: 1, day: 1, placedThatDay: -1, painter: 1 }, { name: 'leaders' })
  return schema
}

const snapshotSchema = () => {
  const blob = { type: Schema.Types.Buffer, required: true }
  const fields = { _id: text, canvas: text, tile: number, epoch: text, seq: number, at: number, bytes: blob }
  const schema = new Schema<SnapshotDocument>(fields, { ...options, collection: 'snapshots' })
  schema.index({ canvas: 1, tile: 1, epoch: 1, seq: 1 }, { name: 'tile' })
  return schema
}

const actSchema = () => {
  const maybe = { type: String, default: null }
  const fields = { _id: text, at: number, by: text, via: text, kind: text, action: text, target: maybe, details: text }
  const schema = new Schema<ActDocument>({ ...fields, outcome: maybe, code: maybe }, { ...options, collection: 'acts' })
  schema.index({ at: 1 }, { name: 'age' })
  return schema
}

const templateSchema = () => {
  const place = { x: number, y: number, width: number, height: number }
  const fields = { _id: text, canvas: text, epoch: text, rev: number, name: text, by: text, ...place, created: number, changed: number }
  const schema = new Schema<TemplateDocument>(fields, { ...options, collection: 'templates' })
  schema.index({ canvas: 1, created: -1 }, { name: 'canvas' })
  return schema
}

const templatePictureSchema = () => {
  const fields = { _id: text, canvas: text, rev: number, bytes: { type: Schema.Types.Buffer, required: true } }
  const schema = new Schema<TemplatePictureDocument>(fields, { ...options, collection: 'templatepictures' })
  schema.index({ canvas: 1 }, { name: 'canvas' })
  return schema
}

const templateProgressSchema = () => {
  const fields = { _id: text, canvas: text, tiles: Schema.Types.Mixed, samples: text }
  const schema = new Schema<TemplateProgressDocument>(fields, { ...options, collection: 'templateprogress', minimize: false })
  schema.index({ canvas: 1 }, { name: 'canvas' })
  return schema
}

const webhookDeliverySchema = () => {
  const times = { created: number, nextAt: number, lease: String, last: String }
  const fields = { _id: text, endpoint: text, event: text, type: text, body: text, state: text, attempts: number, ...times }
  const schema = new Schema<WebhookDeliveryDocument>(fields, { ...options, collection: 'webhookdeliveries' })
  schema.index({ endpoint: 1, created: -1, _id: -1 }, { name: 'newest' })
  schema.index({ endpoint: 1, state: 1, nextAt: 1 }, { name: 'due' })
  return schema
}

export const createModels = (connection: Connection, { retentionMs }: { retentionMs: number }) => ({
  Canvas: connection.model<CanvasDocument>(
    'Canvas',
    new Schema<CanvasDocument>({ _id: text, made: number, body: text }, { ...options, collection: 'canvases' }),
  ),
  Pixel: connection.model<PixelDocument>('Pixel', pixelSchema()),
  Painter: connection.model<PainterDocument>(
    'Painter',
    new Schema<PainterDocument>(
      { _id: text, charges: { type: Schema.Types.Mixed, required: true } },
      { ...options, collection: 'painters' },
    ),
  ),
  IdempotencyKey: connection.model<IdempotencyKeyDocument>('IdempotencyKey', idempotencyKeySchema()),
  Outbox: connection.model<OutboxDocument>('Outbox', outboxSchema(retentionMs)),
  Heartbeat: connection.model<HeartbeatDocument>('Heartbeat', heartbeatSchema()),
  Point: connection.model<PointDocument>('Point', pointSchema()),
  Cursor: connection.model<CursorDocument>(
    'Cursor',
    new Schema<CursorDocument>(
      { _id: text, name: text, canvas: text, tile: number, epoch: text, seq: number },
      { ...options, collection: 'cursors' },
    ),
  ),
  History: connection.model<HistoryDocument>('History', historySchema()),
  Stat: connection.model<StatDocument>('Stat', statSchema()),
  Profile: connection.model<ProfileDocument>('Profile', profileSchema()),
  Snapshot: connection.model<SnapshotDocument>('Snapshot', snapshotSchema()),
  DeadLetter: connection.model<DeadLetterDocument>('DeadLetter', deadLetterSchema()),
  Act: connection.model<ActDocument>('Act', actSchema()),
  Setting: connection.model<SettingDocument>(
    'Setting',
    new Schema<SettingDocument>({ _id: text, value: text }, { ...options, collection: 'settings' }),
  ),
  Webhook: connection.model<WebhookDocument>(
    'Webhook',
    new Schema<WebhookDocument>({ _id: text, made: number, changes: number, body: text }, { ...options, collection: 'webhooks' }),
  ),
  WebhookDelivery: connection.model<WebhookDeliveryDocument>('WebhookDelivery', webhookDeliverySchema()),
  Template: connection.model<TemplateDocument>('Template', templateSchema()),
  TemplatePicture: connection.model<TemplatePictureDocument>('TemplatePicture', templatePictureSchema()),
  TemplateProgress: connection.model<TemplateProgressDocument>('TemplateProgress', templateProgressSchema()),
  Head: connection.model<HeadDocument>(
    'Head',
    new Schema<HeadDocument>({ _id: text, canvas: text, tile: number, epoch: String, tail: number }, { ...options, collection: 'tails' }),
  ),
})

export type Models = ReturnType<typeof createModels>

/** The driver’s collections behind the models. `remembered` (idempotency keys) and `tails` (heads) keep the names that stored data and backups have. */
export const collectionsOf = (models: Models) => ({
  canvases: models.Canvas.collection as unknown as mongoose.mongo.Collection<CanvasDocument>,
  pixels: models.Pixel.collection as unknown as mongoose.mongo.Collection<PixelDocument>,
  painters: models.Painter.collection as unknown as mongoose.mongo.Collection<PainterDocument>,
  remembered: models.IdempotencyKey.collection as unknown as mongoose.mongo.Collection<IdempotencyKeyDocument>,
  outbox: models.Outbox.collection as unknown as mongoose.mongo.Collection<OutboxDocument>,
  heartbeats: models.Heartbeat.collection as unknown as mongoose.mongo.Collection<HeartbeatDocument>,
  points: models.Point.collection as unknown as mongoose.mongo.Collection<PointDocument>,
  cursors: models.Cursor.collection as unknown as mongoose.mongo.Collection<CursorDocument>,
  history: models.History.collection as unknown as mongoose.mongo.Collection<HistoryDocument>,
  stats: models.Stat.collection as unknown as mongoose.mongo.Collection<StatDocument>,
  profiles: models.Profile.collection as unknown as mongoose.mongo.Collection<ProfileDocument>,
  snapshots: models.Snapshot.collection as unknown as mongoose.mongo.Collection<SnapshotDocument>,
  deadLetters: models.DeadLetter.collection as unknown as mongoose.mongo.Collection<DeadLetterDocument>,
  acts: models.Act.collection as unknown as mongoose.mongo.Collection<ActDocument>,
  settings: models.Setting.collection as unknown as mongoose.mongo.Collection<SettingDocument>,
  webhooks: models.Webhook.collection as unknown as mongoose.mongo.Collection<WebhookDocument>,
  webhookDeliveries: models.WebhookDelivery.collection as unknown as mongoose.mongo.Collection<WebhookDeliveryDocument>,
  templates: models.Template.collection as unknown as mongoose.mongo.Collection<TemplateDocument>,
  templatePictures: models.TemplatePicture.collection as unknown as mongoose.mongo.Collection<TemplatePictureDocument>,
  templateProgress: models.TemplateProgress.collection as unknown as mongoose.mongo.Collection<TemplateProgressDocument>,
  tails: models.Head.collection as unknown as mongoose.mongo.Collection<HeadDocument>,
})

export type Collections = ReturnType<typeof collectionsOf>

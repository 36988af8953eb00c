/** The documents of each collection. Times are milliseconds since the Unix epoch unless they are dates. */
import type mongoose from 'mongoose'
import type { Act } from '../../../lib/act.ts'
import type { CommitKind } from '../../../lib/commit.ts'
import type { DeliveryState } from '../../../lib/webhook.ts'

export interface CanvasDocument {
  readonly _id: string
  readonly made: number
  readonly body: string
  /** How often templates were created on it: creations must conflict (`mongo-templates.ts`). */
  readonly templates?: number
}

/** `_id` is `<canvas>/<tile>/<position>`. Times are milliseconds since the Unix epoch. */
export interface PixelDocument {
  readonly _id: string
  readonly canvas: string
  readonly tile: number
  readonly position: number
  readonly color: number
  readonly by: string
  readonly at: number
  readonly cause: CommitKind
}

/** Charges by canvas. `undone` counts the undone pixels since the start of a minute (`lib/undo-rate.ts`). */
export interface PainterDocument {
  readonly _id: string
  readonly charges: Readonly<Record<string, { count: number; since: number; undone?: number; undoneSince?: number }>>
}

/** `_id` is `<painter>/<key>`. */
export interface IdempotencyKeyDocument {
  readonly _id: string
  readonly at: number
  readonly value: string
}

/** An outbox entry. It has `unsequenced`, then `unpublished`, then `publishedAt`, and only one of them at a time. */
export interface OutboxDocument {
  readonly _id: string
  readonly canvas: string
  readonly tile: number
  readonly epoch: string
  readonly at: number
  readonly cause: CommitKind
  readonly pixels: mongoose.mongo.Binary
  readonly seq?: number
  readonly unsequenced?: true
  readonly unpublished?: true
  readonly publishedAt?: Date
  readonly attempts: number
  readonly lastError?: string
  /** The kind of the entry. Absent for pixels. */
  readonly kind?: string
}

/** A commit that could not be published. `_id` is the commit's. */
export interface DeadLetterDocument {
  readonly _id: string
  readonly canvas: string
  readonly tile: number
  readonly epoch: string
  readonly seq: number
  readonly at: number
  readonly cause: CommitKind
  readonly pixels: mongoose.mongo.Binary
  readonly attempts: number
  readonly error: string | null
  readonly diedAt: number
  readonly restoredAt: number
  readonly kind?: string
}

/** How far a projection has followed a tile. `_id` is `<name>/<canvas>/<tile>`. */
export interface CursorDocument {
  readonly _id: string
  readonly name: string
  readonly canvas: string
  readonly tile: number
  readonly epoch: string
  readonly seq: number
}

/** One placement on a pixel. `_id` is `<canvas>/<tile>/<position>/<at>`. */
export interface HistoryDocument {
  readonly _id: string
  readonly canvas: string
  readonly tile: number
  readonly position: number
  readonly at: number
  readonly seq: number
  readonly epoch: string
  readonly color: number
  readonly previous: number
  readonly by: string
  readonly cause: CommitKind
  /** The time of the placement that an undo took back. */
  readonly undoes?: number
}

/**
 * A count. `_id` is `<canvas>/<kind>/<key>`. The key is a painter, the start of a minute, or a block of cells, whose counts are in `cells` by cell
 * number. Older versions wrote the kind `cell`, which counts as well.
 */
export interface StatDocument {
  readonly _id: string
  readonly canvas: string
  readonly kind: 'painter' | 'minute' | 'block' | 'cell'
  readonly key: string | number
  readonly placed: number
  readonly cells?: Readonly<Record<string, number>>
}

/** A painter's profile as JSON, and the parts of it that are searched. `_id` is `<canvas>/<painter>`. */
export interface ProfileDocument {
  readonly _id: string
  readonly canvas: string
  readonly painter: string
  readonly day: number
  readonly placedThatDay: number
  readonly placed: number
  readonly body: string
}

/** `_id` is `<canvas>/<tile>/<epoch>/<seq>`. */
export interface SnapshotDocument {
  readonly _id: string
  readonly canvas: string
  readonly tile: number
  readonly epoch: string
  readonly seq: number
  readonly at: number
  readonly bytes: mongoose.mongo.Binary
}

/** An act of staff. `details` is JSON. */
export interface ActDocument extends Omit<Act, 'id' | 'atMs' | 'details'> {
  readonly _id: string
  readonly at: number
  readonly kind: string
  readonly details: string
}

/** Settings of operators, by name. */
export interface SettingDocument {
  readonly _id: string
  readonly value: string
}

/** The durable head of a tile. `_id` is `<canvas>/<tile>/<epoch>`, in older documents `<canvas>/<tile>`. Publishers raise it and never lower it. */
export interface HeadDocument {
  readonly _id: string
  readonly canvas: string
  readonly tile: number
  readonly epoch?: string
  readonly tail: number
}

/** An endpoint of webhooks as JSON. `changes` counts what must conflict (`mongo-webhooks.ts`). */
export interface WebhookDocument {
  readonly _id: string
  readonly made: number
  readonly changes: number
  readonly body: string
}

/** A delivery of an event to an endpoint. `last` is the report of its last attempt as JSON. */
export interface WebhookDeliveryDocument {
  readonly _id: string
  readonly endpoint: string
  readonly event: string
  readonly type: string
  readonly body: string
  readonly created: number
  readonly state: DeliveryState
  readonly attempts: number
  readonly nextAt: number
  readonly lease: string | null
  readonly last: string | null
}

export interface TemplateDocument {
  readonly _id: string
  readonly canvas: string
  readonly epoch: string
  readonly rev: number
  readonly name: string
  readonly by: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly created: number
  readonly changed: number
}

/** The picture of a template. `_id` is the template's. */
export interface TemplatePictureDocument {
  readonly _id: string
  readonly canvas: string
  readonly rev: number
  readonly bytes: mongoose.mongo.Binary
}

/** The counts of a template by tile, and its samples as JSON. `_id` is the template's. */
export interface TemplateProgressDocument {
  readonly _id: string
  readonly canvas: string
  readonly tiles: Readonly<Record<string, { basis: string; seq: number; counts: string }>>
  readonly samples: string
}

/** A process's heartbeat. Times are by the clock of the process, for display and expiry only. */
export interface HeartbeatDocument {
  readonly _id: string
  readonly roles: readonly string[]
  readonly beats: number
  readonly startedAt: number
  readonly at: Date
  readonly report: string
}

/** A point of the last hour. `_id` is its time in milliseconds, `at` the same for the index. */
export interface PointDocument {
  readonly _id: number
  readonly body: string
  readonly at: Date
}

/** The collections of a MongoDB backup and their files. */
import type mongoose from 'mongoose'
import type { Connection } from 'mongoose'
import { openMongo } from '../store/mongo/open-mongo.ts'
import { type Collections, collectionsOf, type Models } from '../store/mongo/schemas.ts'
import type { AnyDocument } from './bson-file.ts'
import type { Manifest } from './manifest.ts'

/** Data of processes and of the last hour, which a backup does not have. */
export const notKept = ['heartbeats', 'points'] as const
/** All other collections. A new collection that is missing here does not compile. */
export type Kept = Exclude<keyof Collections, (typeof notKept)[number]>
const order: Readonly<Record<Kept, true>> = {
  pixels: true,
  painters: true,
  remembered: true,
  tails: true,
  outbox: true,
  deadLetters: true,
  settings: true,
  acts: true,
  cursors: true,
  history: true,
  stats: true,
  profiles: true,
  snapshots: true,
  webhooks: true,
  webhookDeliveries: true,
  templates: true,
  templatePictures: true,
  templateProgress: true,
  canvases: true,
}
/** In the order of restoring. */
export const kept = Object.keys(order) as Kept[]

interface Open {
  readonly connection: Connection
  readonly models: Models
  readonly collectionOf: (name: keyof Collections) => mongoose.mongo.Collection<AnyDocument>
}

export const withMongo = async <Result>(
  options: { uri: string; database?: string; retentionMs: number; restoring?: boolean },
  run: (open: Open) => Promise<Result>,
): Promise<Result> => {
  const { connection, models } = await openMongo({ ...options, readOnly: true })
  const collections = collectionsOf(models)
  try {
    return await run({ connection, models, collectionOf: (name) => collections[name] as unknown as ReturnType<Open['collectionOf']> })
  } finally {
    await connection.close()
  }
}

export const fileOf = (name: Kept) => `${name.toLowerCase()}.bson.zst`

/** Backups of older versions lack these. */
const addedLater: ReadonlySet<Kept> = new Set<Kept>([
  'profiles',
  'acts',
  'webhooks',
  'webhookDeliveries',
  'templates',
  'templatePictures',
  'templateProgress',
])

/** The collections of a backup, in the order of restoring. One that a manifest should count and does not is among them. */
export const keptIn = ({ counts }: Pick<Manifest, 'counts'>) => kept.filter((name) => counts[name] !== undefined || !addedLater.has(name))

/** The files of a backup. */
export const mongoFiles = (manifest: Pick<Manifest, 'counts'>) => keptIn(manifest).map(fileOf)

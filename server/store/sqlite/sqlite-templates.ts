/** Templates by link in SQLite. The counts have no fsync, because they can be made again. */
import type { DatabaseSync } from 'node:sqlite'
import type { CanvasId, Seq, TileNumber } from '../../../lib/brand.ts'
import { hybridAt } from '../../../lib/clock.ts'
import { planTemplateEntry } from '../../../lib/control-log.ts'
import { type LinkedTemplate, templateLimits } from '../../../lib/linked-template.ts'
import type { ColorCounts, ProgressSample } from '../../../lib/template-progress.ts'
import {
  isOfBoard,
  type TemplateChange,
  type TemplateCreated,
  type TemplateCreation,
  type TemplatePicture,
  type TemplateStore,
  type TileCounts,
} from '../templates-port.ts'
import { query } from './query.ts'
import { createCanvasReader, createEntryWriter } from './sqlite-canvases.ts'
import type { Transaction } from './transactions.ts'

interface CountRow {
  readonly template: string
  readonly tile: TileNumber
  readonly basis: string
  readonly seq: Seq
  readonly counts: string
}

const columns = 'id, canvas, epoch, rev, name, painter AS "by", x, y, width, height, created AS createdAtMs, changed AS changedAtMs'
const countColumns = 'template, tile, basis, seq, counts'

const countsOf = ({ template, tile, basis, seq, counts }: CountRow): TileCounts => ({
  template,
  tile,
  count: { basis, seq, counts: JSON.parse(counts) as ColorCounts },
})

/** For the reader's thread. */
export const createSqliteTemplateReader = (database: DatabaseSync) => {
  const one = query<LinkedTemplate>(database, `SELECT ${columns} FROM templates WHERE id = ?`)
  const list = query<LinkedTemplate>(
    database,
    `SELECT ${columns} FROM templates WHERE canvas = :canvas AND (:by IS NULL OR painter = :by) ORDER BY created DESC, id`,
  )
  const picture = query<TemplatePicture>(
    database,
    'SELECT rev, bytes FROM templates JOIN template_pictures ON template_pictures.template = templates.id WHERE id = ?',
  )
  const ofTile = query<CountRow>(
    database,
    `SELECT ${countColumns} FROM template_counts JOIN templates ON templates.id = template WHERE templates.canvas = ? AND tile = ?`,
  )
  const ofTemplate = query<CountRow>(database, `SELECT ${countColumns} FROM template_counts WHERE template = ?`)
  const samples = query<{ samples: string }>(database, 'SELECT samples FROM templates WHERE id = ?')
  return {
    getTemplate: (id: string) => one.get(id) ?? null,
    listTemplates: ({ canvas, by }: Parameters<TemplateStore['listTemplates']>[0]) => list.all({ canvas, by: by ?? null }),
    getTemplatePicture: (id: string) => picture.get(id) ?? null,
    readTileCounts: ({ canvas, tile }: Parameters<TemplateStore['readTileCounts']>[0]) => ofTile.all(canvas, tile).map(countsOf),
    readTemplateCounts: (id: string) => ofTemplate.all(id).map(countsOf),
    readTemplateSamples: (id: string) => JSON.parse(samples.get(id)?.samples ?? '[]') as ProgressSample[],
  }
}

type Created = TemplateCreated

/** For the writer's thread. */
export const createSqliteTemplates = (
  database: DatabaseSync,
  { transaction, lightTransaction }: { transaction: Transaction; lightTransaction: Transaction },
) => {
  const sql = statements(database)
  const getCanvas = createCanvasReader(database)
  const addEntry = createEntryWriter(database)
  const announce = ({ id, canvas, epoch }: LinkedTemplate, rev: number | null, entry: { groupId: string; nowMs: number }) =>
    addEntry(planTemplateEntry({ canvas: { id: canvas, epoch }, template: { id, rev }, ...entry }))

  return {
    createTemplate: ({ template, bytes, maxOfPainter, groupId }: TemplateCreation) =>
      transaction((): Created => {
        const canvas = getCanvas(template.canvas)
        if (!canvas || !isOfBoard(template, canvas)) return 'gone'
        const { all, own } = sql.count.get(template.by, template.canvas) ?? { all: 0, own: 0 }
        if (all >= templateLimits.maxOfCanvas) return 'canvas_limit'
        if (maxOfPainter !== null && own >= maxOfPainter) return 'painter_limit'
        const { id, epoch, rev, name, by, x, y, width, height, createdAtMs, changedAtMs } = template
        sql.add.run(id, canvas.id, epoch, rev, name, by, x, y, width, height, createdAtMs, changedAtMs)
        sql.savePicture.run(id, bytes)
        announce(template, rev, { groupId, nowMs: changedAtMs })
        return 'created'
      }),

    changeTemplate: ({ template, bytes, groupId }: TemplateChange) =>
      transaction((): 'changed' | 'stale' | 'not_found' => {
        const present = sql.one.get(template.id)
        if (!present) return 'not_found'
        if (present.rev !== template.rev - 1) return 'stale'
        const { id, rev, name, x, y, width, height, changedAtMs } = template
        sql.change.run(rev, name, x, y, width, height, changedAtMs, id)
        if (bytes) sql.savePicture.run(id, bytes)
        announce(template, rev, { groupId, nowMs: changedAtMs })
        return 'changed'
      }),

    removeTemplate: ({ id, groupId, nowMs }: Parameters<TemplateStore['removeTemplate']>[0]) =>
      transaction(() => {
        const present = sql.one.get(id)
        if (!present) return false
        for (const remove of sql.remove) remove.run(id)
        announce(present, null, { groupId, nowMs: hybridAt(nowMs, present.changedAtMs) })
        return true
      }),

    moveTemplateCounts: (moves: Parameters<TemplateStore['moveTemplateCounts']>[0]) =>
      lightTransaction(() => {
        for (const { template, tile, from, to } of moves) {
          const counts = JSON.stringify(to.counts)
          if (from) sql.moveCount.run(to.basis, to.seq, counts, template, tile, from.basis, from.seq)
          else sql.addCount.run(template, tile, to.basis, to.seq, counts, template)
        }
      }),

    resetTemplateCounts: (canvas: CanvasId) => lightTransaction(() => void sql.reset.run(canvas)),

    saveTemplateSamples: ({ id, samples }: Parameters<TemplateStore['saveTemplateSamples']>[0]) =>
      lightTransaction(() => void sql.saveSamples.run(JSON.stringify(samples), id)),
  }
}

const statements = (database: DatabaseSync) => ({
  one: query<LinkedTemplate>(database, `SELECT ${columns} FROM templates WHERE id = ?`),
  count: query<{ all: number; own: number }>(
    database,
    'SELECT count(*) AS "all", coalesce(sum(painter = ?), 0) AS own FROM templates WHERE canvas = ?',
  ),
  add: database.prepare(
    `INSERT INTO templates (id, canvas, epoch, rev, name, painter, x, y, width, height, created, changed, samples)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '[]')`,
  ),
  savePicture: database.prepare(
    'INSERT INTO template_pictures (template, bytes) VALUES (?, ?) ON CONFLICT DO UPDATE SET bytes = excluded.bytes',
  ),
  change: database.prepare('UPDATE templates SET rev = ?, name = ?, x = ?, y = ?, width = ?, height = ?, changed = ? WHERE id = ?'),
  remove: ['template_counts WHERE template', 'template_pictures WHERE template', 'templates WHERE id'].map((rows) =>
    database.prepare(`DELETE FROM ${rows} = ?`),
  ),
  moveCount: database.prepare(
    'UPDATE template_counts SET basis = ?, seq = ?, counts = ? WHERE template = ? AND tile = ? AND basis = ? AND seq = ?',
  ),
  addCount: database.prepare(
    `INSERT OR IGNORE INTO template_counts (template, tile, basis, seq, counts)
     SELECT ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM templates WHERE id = ?)`,
  ),
  reset: database.prepare('DELETE FROM template_counts WHERE template IN (SELECT id FROM templates WHERE canvas = ?)'),
  saveSamples: database.prepare('UPDATE templates SET samples = ? WHERE id = ?'),
})

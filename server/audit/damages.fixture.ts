/** Ways to damage a painted store, one for each kind of finding. */
import type { Change } from '../store/test-stores.fixture.ts'
import type { FindingKind } from './finding.ts'

type Damage = readonly [title: string, change: Change, findings: readonly FindingKind[]]

export const damages: readonly Damage[] = [
  [
    'the canvas is changed without an entry of its control log',
    {
      sql: `UPDATE canvases SET body = replace(body, 'Second', 'Third')`,
      mongo: async (db) => {
        const canvas = await db.collection('canvases').findOne({})
        return db.collection('canvases').updateOne({}, { $set: { body: String(canvas?.['body']).replace('Second', 'Third') } })
      },
    },
    ['canvas_differs'],
  ],
  [
    'two changes of the canvas are swapped',
    {
      sql: `UPDATE outbox SET seq = 1005 - seq WHERE tile = 65536 AND seq > 1; UPDATE outbox SET seq = seq - 1000 WHERE tile = 65536 AND seq > 1000`,
      mongo: async (db) => {
        const outbox = db.collection('outboxes')
        for (const [from, to] of [
          [2, 1_000],
          [3, 2],
          [1_000, 3],
        ])
          await outbox.updateOne({ tile: 65_536, seq: from }, { $set: { seq: to } })
      },
    },
    ['order'],
  ],
  [
    'a commit is deleted',
    { sql: 'DELETE FROM outbox WHERE tile = 0 AND seq = 3', mongo: (db) => db.collection('outboxes').deleteOne({ tile: 0, seq: 3 }) },
    ['hole', 'history_extra'],
  ],
  [
    'the seq of a commit is changed',
    {
      sql: 'UPDATE outbox SET seq = 1000 WHERE tile = 0 AND seq = 3',
      mongo: (db) => db.collection('outboxes').updateOne({ tile: 0, seq: 3 }, { $set: { seq: 1000 } }),
    },
    ['hole', 'history_extra', 'tail_low'],
  ],
  [
    'a commit exists twice, with the same seq',
    {
      sql: `DROP INDEX outbox_log; INSERT INTO outbox SELECT 'group0000again-0', canvas, tile, epoch, at, cause, pixels, seq, published_at, attempts, last_error, kind
            FROM outbox WHERE tile = 0 AND seq = 3`,
      mongo: async (db) => {
        const outbox = db.collection<{ _id: string }>('outboxes')
        await outbox.dropIndex('log').catch(() => undefined)
        const commit = await outbox.findOne({ tile: 0, seq: 3 } as object)
        await outbox.insertOne({ ...commit, _id: 'group0000again-0' })
      },
    },
    ['double'],
  ],
  [
    'a commit exists twice, with two seqs',
    {
      sql: `INSERT INTO outbox SELECT 'group0000again-0', canvas, tile, epoch, at, cause, pixels, (SELECT max(seq) + 1 FROM outbox WHERE tile = 0), published_at, attempts, last_error, kind
            FROM outbox WHERE tile = 0 AND seq = 3`,
      mongo: async (db) => {
        const outbox = db.collection<{ _id: string }>('outboxes')
        const commit = await outbox.findOne({ tile: 0, seq: 3 } as object)
        const [last] = await outbox
          .find({ tile: 0, seq: { $exists: true } } as object)
          .sort({ seq: -1 })
          .limit(1)
          .toArray()
        await outbox.insertOne({
          ...commit,
          _id: 'group0000again-0',
          seq: Number((last as { seq?: number } | undefined)?.seq) + 1,
        } as never)
      },
    },
    ['order', 'tail_low'],
  ],
  [
    'the order of the log is reversed',
    {
      sql: `UPDATE outbox SET seq = 1001 + (SELECT max(seq) FROM outbox WHERE tile = 0) - seq WHERE tile = 0;
            UPDATE outbox SET seq = seq - 1000 WHERE tile = 0 AND seq > 1000`,
      mongo: async (db) => {
        const outbox = db.collection('outboxes')
        const commits = await outbox.find({ tile: 0, seq: { $exists: true } }).toArray()
        for (const { _id, seq } of commits) await outbox.updateOne({ _id }, { $set: { seq: commits.length + 1 - Number(seq) } })
      },
    },
    ['previous_differs', 'order', 'history_differs'],
  ],
  [
    'the pixels of a commit are damaged',
    {
      sql: "UPDATE outbox SET pixels = x'ff' WHERE tile = 0 AND seq = 3",
      mongo: (db) => db.collection('outboxes').updateOne({ tile: 0, seq: 3 }, { $set: { pixels: Buffer.from([0xff]) } }),
    },
    ['unreadable', 'history_extra', 'stats_differ'],
  ],
  [
    'a pixel is changed',
    {
      sql: 'UPDATE pixels SET color = 3 - color WHERE tile = 0',
      mongo: (db) => db.collection('pixels').updateMany({ tile: 0 }, [{ $set: { color: { $subtract: [3, '$color'] } } }]),
    },
    ['pixel_differs'],
  ],
  [
    'a pixel is added without a commit',
    {
      sql: "INSERT INTO pixels VALUES ('main', 0, 99, 1, 'p_x', 1, 'paint')",
      mongo: (db) =>
        db
          .collection<{ _id: string }>('pixels')
          .insertOne({ _id: 'main/0/99', canvas: 'main', tile: 0, position: 99, color: 1, by: 'p_x', at: 1, cause: 'paint' } as never),
    },
    ['pixel_differs'],
  ],
  [
    'pixels are deleted',
    {
      sql: 'DELETE FROM pixels WHERE tile = 0 AND color <> 0',
      mongo: (db) => db.collection('pixels').deleteMany({ tile: 0, color: { $ne: 0 } }),
    },
    ['pixel_differs'],
  ],
  [
    'the time of a commit is changed',
    {
      sql: 'UPDATE outbox SET at = 1 WHERE tile = 0 AND seq = 10',
      mongo: (db) => db.collection('outboxes').updateOne({ tile: 0, seq: 10 }, { $set: { at: 1 } }),
    },
    ['order', 'history_extra', 'history_missing', 'not_published'],
  ],
  [
    'the epoch of a commit is changed',
    {
      sql: "UPDATE outbox SET epoch = 'epoch999' WHERE tile = 1 AND seq = 2",
      mongo: (db) => db.collection('outboxes').updateOne({ tile: 1, seq: 2 }, { $set: { epoch: 'epoch999' } }),
    },
    ['other_epoch'],
  ],
  [
    'a commit waits too long for its publication',
    {
      sql: 'UPDATE outbox SET published_at = NULL WHERE seq = 2',
      mongo: (db) => db.collection('outboxes').updateMany({ seq: 2 }, { $unset: { publishedAt: '' }, $set: { unpublished: true } }),
    },
    ['not_published'],
  ],
  [
    'a tombstone blocks its tile after several attempts',
    {
      sql: "UPDATE outbox SET published_at = NULL, cause = 'skipped', pixels = x'', attempts = 5 WHERE tile = 0 AND seq = (SELECT max(seq) FROM outbox WHERE tile = 0)",
      mongo: async (db) => {
        const [last] = await db
          .collection('outboxes')
          .find({ tile: 0, seq: { $exists: true } })
          .sort({ seq: -1 })
          .limit(1)
          .toArray()
        await db
          .collection('outboxes')
          .updateOne(
            { _id: last?._id as never },
            { $unset: { publishedAt: '' }, $set: { unpublished: true, cause: 'skipped', attempts: 5 } },
          )
      },
    },
    ['not_published', 'stuck'],
  ],
  ['the durable heads are deleted', { sql: 'DELETE FROM tails', mongo: (db) => db.collection('tails').deleteMany({}) }, ['tail_low']],
  [
    'a history row is deleted',
    {
      sql: 'DELETE FROM history WHERE tile = 0 AND seq = 4',
      mongo: (db) => db.collection('histories').deleteOne({ tile: 0, seq: 4 }),
    },
    ['history_missing'],
  ],
  ...['color', 'previous'].map(
    (field) =>
      [
        `the ${field} of a history row is changed`,
        {
          sql: `UPDATE history SET ${field} = 3 - ${field} WHERE tile = 0 AND seq = 4`,
          mongo: (db) =>
            db.collection('histories').updateOne({ tile: 0, seq: 4 }, [{ $set: { [field]: { $subtract: [3, `$${field}`] } } }]),
        },
        ['history_differs'],
      ] as const satisfies Damage,
  ),
  [
    'the painter of a history row is changed',
    {
      sql: "UPDATE history SET painter = 'p_thief' WHERE tile = 0 AND seq = 4",
      mongo: (db) => db.collection('histories').updateOne({ tile: 0, seq: 4 }, { $set: { by: 'p_thief' } }),
    },
    ['history_differs'],
  ],
  [
    'the cause of a history row is changed',
    {
      sql: "UPDATE history SET cause = 'fill' WHERE tile = 0 AND seq = 4",
      mongo: (db) => db.collection('histories').updateOne({ tile: 0, seq: 4 }, { $set: { cause: 'fill' } }),
    },
    ['history_differs'],
  ],
  [
    'the time of a history row is changed',
    {
      sql: 'UPDATE history SET at = at + 100 WHERE tile = 0 AND seq = 4',
      mongo: (db) => db.collection('histories').updateOne({ tile: 0, seq: 4 }, { $inc: { at: 100 } }),
    },
    ['history_extra', 'history_missing'],
  ],
  [
    'a history row has no commit',
    {
      sql: "INSERT INTO history (canvas, tile, position, at, seq, epoch, color, previous, painter, cause) VALUES ('main', 0, 7, 5, 4, 'epoch001', 1, 0, 'p_x', 'paint')",
      mongo: (db) =>
        db.collection('histories').insertOne({
          _id: 'main/0/7/5',
          ...{ canvas: 'main', tile: 0, position: 7, at: 5, seq: 4, epoch: 'epoch001', color: 1, previous: 0, by: 'p_x', cause: 'paint' },
        } as never),
    },
    ['history_extra'],
  ],
  [
    'a history row is outside the tile',
    {
      sql: "INSERT INTO history (canvas, tile, position, at, seq, epoch, color, previous, painter, cause) VALUES ('main', 0, 4096, 5, 4, 'epoch001', 1, 0, 'p_x', 'paint')",
      mongo: (db) =>
        db.collection('histories').insertOne({
          _id: 'main/0/4096/5',
          ...{
            canvas: 'main',
            tile: 0,
            position: 4096,
            at: 5,
            seq: 4,
            epoch: 'epoch001',
            color: 1,
            previous: 0,
            by: 'p_x',
            cause: 'paint',
          },
        } as never),
    },
    ['history_extra'],
  ],
  [
    'the bytes of a snapshot are damaged',
    {
      sql: "UPDATE snapshots SET bytes = x'00112233' WHERE tile = 0",
      mongo: (db) => db.collection('snapshots').updateMany({ tile: 0 }, { $set: { bytes: Buffer.from('00112233', 'hex') } }),
    },
    ['unreadable'],
  ],
  [
    'the seq of a snapshot is changed',
    {
      sql: 'UPDATE snapshots SET seq = seq - 3 WHERE tile = 0',
      mongo: (db) => db.collection('snapshots').updateMany({ tile: 0 }, { $inc: { seq: -3 } }),
    },
    ['snapshot_differs'],
  ],
  [
    'the seq of a snapshot is above the head',
    {
      sql: 'UPDATE snapshots SET seq = seq + 1000 WHERE tile = 0',
      mongo: (db) => db.collection('snapshots').updateMany({ tile: 0 }, { $inc: { seq: 1000 } }),
    },
    ['snapshot_ahead'],
  ],
  [
    'the time of a snapshot is earlier than its commits',
    {
      sql: 'UPDATE snapshots SET at = 1 WHERE tile = 0',
      mongo: (db) => db.collection('snapshots').updateMany({ tile: 0 }, { $set: { at: 1 } }),
    },
    ['snapshot_differs'],
  ],
  [
    'a cursor is above the head',
    {
      sql: "UPDATE cursors SET seq = 1000 WHERE tile = 0 AND name = 'history'",
      mongo: (db) => db.collection('cursors').updateOne({ tile: 0, name: 'history' }, { $set: { seq: 1000 } }),
    },
    ['cursor_ahead'],
  ],
  [
    'the pixel count of a painter is raised',
    {
      sql: "UPDATE stats_painters SET placed = placed + 1 WHERE painter = 'p_aaaa'",
      mongo: (db) => db.collection('stats').updateOne({ kind: 'painter', key: 'p_aaaa' }, { $inc: { placed: 1 } }),
    },
    ['stats_differ'],
  ],
  [
    'all statistics are doubled',
    {
      sql: 'UPDATE stats_painters SET placed = placed * 2; UPDATE stats_minutes SET placed = placed * 2; UPDATE stats_blocks SET placed = placed * 2',
      mongo: (db) => db.collection('stats').updateMany({}, { $mul: { placed: 2 } }),
    },
    ['stats_differ'],
  ],
  [
    'the cursor of the stats is lowered',
    {
      sql: "UPDATE cursors SET seq = seq - 1 WHERE tile = 0 AND name = 'stats'",
      mongo: (db) => db.collection('cursors').updateOne({ tile: 0, name: 'stats' }, { $inc: { seq: -1 } }),
    },
    ['stats_differ'],
  ],
  [
    'the pixels of a profile are raised',
    {
      sql: "UPDATE profiles SET placed = placed + 1 WHERE painter = 'p_aaaa'",
      mongo: (db) => db.collection('profiles').updateOne({ painter: 'p_aaaa' }, { $inc: { placed: 1 } }),
    },
    ['profiles_differ'],
  ],
  [
    'the pixels of a day are raised',
    {
      sql: "UPDATE profiles SET placed_that_day = placed_that_day + 1 WHERE painter = 'p_aaaa'",
      mongo: (db) => db.collection('profiles').updateOne({ painter: 'p_aaaa' }, { $inc: { placedThatDay: 1 } }),
    },
    ['profiles_differ'],
  ],
  [
    'the counts of a template are raised',
    {
      sql: 'UPDATE template_counts SET counts = \'{"1":[7,0,0]}\' WHERE tile = 0',
      mongo: (db) => db.collection('templateprogress').updateMany({}, { $set: { 'tiles.0.counts': '{"1":[7,0,0]}' } }),
    },
    ['template_differs'],
  ],
  [
    'the seq of the counts of a template is beyond the log',
    {
      sql: 'UPDATE template_counts SET seq = 1000 WHERE tile = 0',
      mongo: (db) => db.collection('templateprogress').updateMany({}, { $set: { 'tiles.0.seq': 1_000 } }),
    },
    ['cursor_ahead'],
  ],
]

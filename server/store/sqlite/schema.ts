/**
 * The tables, and the migrations from older files. `PRAGMA user_version` counts the migrations that a file has had.
 *
 * Partial indexes find the unsequenced and the unpublished commits in a time that does not depend on the length of the log.
 */
import type { DatabaseSync } from 'node:sqlite'

const migrations: readonly string[] = [
  `
  CREATE TABLE canvases (
    id    TEXT PRIMARY KEY,
    made  INTEGER NOT NULL,
    body  TEXT NOT NULL
  ) STRICT;

  CREATE TABLE pixels (
    canvas   TEXT NOT NULL,
    tile     INTEGER NOT NULL,
    position INTEGER NOT NULL,
    color    INTEGER NOT NULL,
    painter  TEXT NOT NULL,
    at       INTEGER NOT NULL,
    cause    TEXT NOT NULL,
    PRIMARY KEY (canvas, tile, position)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE charges (
    painter TEXT NOT NULL,
    canvas  TEXT NOT NULL,
    count   INTEGER NOT NULL,
    since   INTEGER NOT NULL,
    PRIMARY KEY (painter, canvas)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE remembered (
    painter TEXT NOT NULL,
    key     TEXT NOT NULL,
    at      INTEGER NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (painter, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX remembered_by_age ON remembered (at);

  CREATE TABLE outbox (
    id           TEXT PRIMARY KEY,
    canvas       TEXT NOT NULL,
    tile         INTEGER NOT NULL,
    epoch        TEXT NOT NULL,
    at           INTEGER NOT NULL,
    cause        TEXT NOT NULL,
    pixels       BLOB NOT NULL,
    seq          INTEGER,
    published_at INTEGER,
    attempts     INTEGER NOT NULL DEFAULT 0,
    last_error   TEXT
  ) STRICT;
  CREATE UNIQUE INDEX outbox_log ON outbox (canvas, tile, seq) WHERE seq IS NOT NULL;
  CREATE INDEX outbox_unsequenced ON outbox (at, id) WHERE seq IS NULL;
  CREATE INDEX outbox_unpublished ON outbox (canvas, tile, seq) WHERE seq IS NOT NULL AND published_at IS NULL;
  CREATE INDEX outbox_by_publication ON outbox (published_at) WHERE published_at IS NOT NULL;

  CREATE TABLE tails (
    canvas TEXT NOT NULL,
    tile   INTEGER NOT NULL,
    tail   INTEGER NOT NULL,
    PRIMARY KEY (canvas, tile)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE dead_letters (
    id       TEXT PRIMARY KEY,
    canvas   TEXT NOT NULL,
    tile     INTEGER NOT NULL,
    epoch    TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    cause    TEXT NOT NULL,
    pixels   BLOB NOT NULL,
    attempts INTEGER NOT NULL,
    error    TEXT,
    died_at  INTEGER NOT NULL,
    restored_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE cursors (
    name   TEXT NOT NULL,
    canvas TEXT NOT NULL,
    tile   INTEGER NOT NULL,
    epoch  TEXT NOT NULL,
    seq    INTEGER NOT NULL,
    PRIMARY KEY (name, canvas, tile)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE history (
    canvas   TEXT NOT NULL,
    tile     INTEGER NOT NULL,
    position INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    epoch    TEXT NOT NULL,
    color    INTEGER NOT NULL,
    previous INTEGER NOT NULL,
    painter  TEXT NOT NULL,
    cause    TEXT NOT NULL,
    PRIMARY KEY (canvas, tile, position, at)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE stats_painters (
    canvas  TEXT NOT NULL,
    painter TEXT NOT NULL,
    placed  INTEGER NOT NULL,
    PRIMARY KEY (canvas, painter)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX stats_leaders ON stats_painters (canvas, placed DESC, painter);

  CREATE TABLE stats_minutes (
    canvas TEXT NOT NULL,
    minute INTEGER NOT NULL,
    placed INTEGER NOT NULL,
    PRIMARY KEY (canvas, minute)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE stats_cells (
    canvas TEXT NOT NULL,
    cell   INTEGER NOT NULL,
    placed INTEGER NOT NULL,
    PRIMARY KEY (canvas, cell)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE snapshots (
    canvas TEXT NOT NULL,
    tile   INTEGER NOT NULL,
    epoch  TEXT NOT NULL,
    seq    INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    bytes  BLOB NOT NULL,
    PRIMARY KEY (canvas, tile, epoch, seq)
  ) STRICT;
  `,
  `
  CREATE TABLE points (
    at   INTEGER PRIMARY KEY,
    body TEXT NOT NULL
  ) STRICT;
  `,
  // Older counts stay in `stats_cells` and are a part of the sums.
  `
  CREATE TABLE stats_blocks (
    canvas TEXT NOT NULL,
    block  INTEGER NOT NULL,
    placed INTEGER NOT NULL,
    cells  BLOB NOT NULL,
    PRIMARY KEY (canvas, block)
  ) STRICT, WITHOUT ROWID;
  `,
  // NULL for pixels (`entry-content.ts`).
  `
  ALTER TABLE outbox ADD COLUMN kind TEXT;
  ALTER TABLE dead_letters ADD COLUMN kind TEXT;
  `,
  `
  CREATE TABLE acts (
    id      TEXT PRIMARY KEY,
    at      INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    action  TEXT NOT NULL,
    target  TEXT,
    outcome TEXT,
    code    TEXT,
    body    TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE webhooks (
    id   TEXT PRIMARY KEY,
    made INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;

  CREATE TABLE webhook_deliveries (
    id       TEXT PRIMARY KEY,
    endpoint TEXT NOT NULL,
    event    TEXT NOT NULL,
    type     TEXT NOT NULL,
    body     TEXT NOT NULL,
    created  INTEGER NOT NULL,
    state    TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at  INTEGER NOT NULL,
    lease    TEXT,
    last     TEXT
  ) STRICT;
  CREATE INDEX webhook_deliveries_newest ON webhook_deliveries (endpoint, created, id);
  CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint, state, next_at);
  `,
  // `day`, `placed_that_day` and `placed` are in the body, too.
  `
  CREATE TABLE profiles (
    canvas          TEXT NOT NULL,
    painter         TEXT NOT NULL,
    day             INTEGER NOT NULL,
    placed_that_day INTEGER NOT NULL,
    placed          INTEGER NOT NULL,
    body            TEXT NOT NULL,
    PRIMARY KEY (canvas, painter)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX profiles_of_day ON profiles (canvas, day, placed_that_day DESC, painter);
  `,
  // The time of the placement that an undo took back.
  `
  ALTER TABLE history ADD COLUMN undoes INTEGER;
  `,
  `
  CREATE TABLE templates (
    id      TEXT PRIMARY KEY,
    canvas  TEXT NOT NULL,
    epoch   TEXT NOT NULL,
    rev     INTEGER NOT NULL,
    name    TEXT NOT NULL,
    painter TEXT NOT NULL,
    x       INTEGER NOT NULL,
    y       INTEGER NOT NULL,
    width   INTEGER NOT NULL,
    height  INTEGER NOT NULL,
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    samples TEXT NOT NULL
  ) STRICT;
  CREATE INDEX templates_of_canvas ON templates (canvas, created);

  CREATE TABLE template_pictures (
    template TEXT PRIMARY KEY,
    bytes    BLOB NOT NULL
  ) STRICT;

  CREATE TABLE template_counts (
    template TEXT NOT NULL,
    tile     INTEGER NOT NULL,
    basis    TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    counts   TEXT NOT NULL,
    PRIMARY KEY (template, tile)
  ) STRICT, WITHOUT ROWID;
  `,
  // The pixels that a painter has undone since the start of a minute (`lib/undo-rate.ts`).
  `
  ALTER TABLE charges ADD COLUMN undone INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE charges ADD COLUMN undone_since INTEGER NOT NULL DEFAULT 0;
  `,
]

export const schemaVersion = migrations.length

/** Only tests pass an older `to`. @throws when the file was written by a newer Fresco. */
export const migrate = (database: DatabaseSync, to = schemaVersion) => {
  const row = database.prepare('PRAGMA user_version').get()
  const version = Number(row?.['user_version'] ?? 0)
  if (version > schemaVersion) {
    throw new Error(
      `The database has schema version ${version}, and this Fresco supports versions up to ${schemaVersion}. It was written by a newer Fresco: start the newer version, or restore an older backup.`,
    )
  }
  for (const [index, sql] of migrations.entries()) {
    if (index < version || index >= to) continue
    database.exec(`BEGIN IMMEDIATE; ${sql}; PRAGMA user_version = ${index + 1}; COMMIT`)
  }
}

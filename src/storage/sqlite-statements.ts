import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Everything the log asks of SQLite while it runs, prepared once. Tables: sqlite-schema.ts. */
const statements = {
  begin: 'BEGIN IMMEDIATE',
  commit: 'COMMIT',
  /** (key, revision) */
  newest: 'SELECT revision, deleted FROM log WHERE key = ? AND revision <= ? ORDER BY revision DESC LIMIT 1',
  /** (revision) */
  row: 'SELECT created, value FROM log WHERE revision = ?',
  append: 'INSERT INTO log (revision, key, created, previous, deleted, expires, value) VALUES (?, ?, ?, ?, ?, ?, ?)',
  /** (first key, end of keys, revision): each key's newest revision, from the index alone. */
  keys: `SELECT key, max(revision) AS revision, deleted FROM log INDEXED BY log_by_key
    WHERE key >= ? AND key < ? AND revision <= ? GROUP BY key ORDER BY key`,
  count: `SELECT count(*) AS count FROM (SELECT max(revision), deleted FROM log INDEXED BY log_by_key
    WHERE key >= ? AND key < ? AND revision <= ? GROUP BY key) WHERE deleted = 0`,
  /** (after, through, first key, end of keys): the plus signs keep to the order of the log instead of the key index. */
  history: `SELECT event.*, before.value AS previousValue FROM log AS event LEFT JOIN log AS before ON before.revision = event.previous
    WHERE event.revision > ? AND event.revision <= ? AND +event.key >= ? AND +event.key < ? ORDER BY event.revision`,
  /** (after, through) */
  pruneReplaced: 'DELETE FROM log WHERE revision IN (SELECT previous FROM log WHERE revision > ? AND revision <= ? AND previous > 0)',
  pruneDeleted: 'DELETE FROM log WHERE revision > ? AND revision <= ? AND deleted = 1',
  setProgress: 'UPDATE progress SET revision = ? WHERE name = ?',
  expiring: `SELECT key, revision, expires FROM log AS event WHERE expires IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM log AS later WHERE later.key = event.key AND later.revision > event.revision)`,
} as const;

export function prepareStatements(database: DatabaseSync): Record<keyof typeof statements, StatementSync> {
  const prepared: Partial<Record<keyof typeof statements, StatementSync>> = {};
  for (const [name, sql] of Object.entries(statements)) prepared[name as keyof typeof statements] = database.prepare(sql);
  return prepared as Record<keyof typeof statements, StatementSync>;
}

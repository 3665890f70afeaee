// The table of a container's items, and what is asked of it.

const columns = 'sequence, epk, partition, id, change, lsn, ts, ttl, etag, text'

export function tables(table: string): string {
  return `
    CREATE TABLE IF NOT EXISTS ${table} (
      sequence INTEGER PRIMARY KEY, epk TEXT NOT NULL, partition TEXT NOT NULL, id TEXT NOT NULL, change INTEGER NOT NULL,
      lsn INTEGER NOT NULL, ts INTEGER NOT NULL, ttl INTEGER, etag TEXT NOT NULL, text TEXT NOT NULL);
    CREATE UNIQUE INDEX IF NOT EXISTS ${table}_place ON ${table} (epk, partition, id);
    CREATE INDEX IF NOT EXISTS ${table}_change ON ${table} (change) WHERE change <> sequence;
    CREATE INDEX IF NOT EXISTS ${table}_ttl ON ${table} (ts + ttl) WHERE ttl > 0;`
}

/** Lists say where items are and, for reading on, their place in the order of the list, which is their last condition. */
export function statementsOn(table: string) {
  const select = (place: string) => `SELECT sequence, ${place} FROM ${table}`
  const inPartition = 'epk = ? AND partition = ?'
  const byId = `${select('id')} WHERE ${inPartition} AND id >= ? AND id <= ?`
  const ofPartition = `INDEXED BY ${table}_place WHERE ${inPartition}`
  const inPart = '+epk >= ? AND +epk < ?'
  const since = 'lsn > ? AND ts > ?'
  return {
    find: `SELECT sequence FROM ${table} WHERE ${inPartition} AND id = ?`,
    get: `SELECT ${columns} FROM ${table} WHERE sequence = ?`,
    insert: `INSERT OR IGNORE INTO ${table} (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    update: `UPDATE ${table} SET change = ?, lsn = ?, ts = ?, ttl = ?, etag = ?, text = ? WHERE sequence = ?`,
    delete: `DELETE FROM ${table} WHERE sequence = ?`,
    all: `SELECT ${columns} FROM ${table} ORDER BY sequence`,
    created: `${select('sequence')} WHERE ${inPart} AND sequence > ? ORDER BY sequence LIMIT ?`,
    fresh: `${select('change')} WHERE change = sequence AND sequence <= ? AND ${since} AND ${inPart} AND sequence > ? ORDER BY sequence LIMIT ?`,
    changed: `${select('change')} WHERE change <> sequence AND ${since} AND ${inPart} AND change > ? ORDER BY change LIMIT ?`,
    changedIn: `${select('change')} ${ofPartition} AND ${since} AND change > ? ORDER BY change LIMIT ?`,
    byId: `${byId} AND id > ? ORDER BY id LIMIT ?`,
    byIdDescending: `${byId} AND id < ? ORDER BY id DESC LIMIT ?`,
    inPartition: `${select('sequence')} ${ofPartition} AND id >= ? AND id <= ? AND sequence > ? ORDER BY sequence LIMIT ?`,
    countIn: `SELECT count(*) AS count FROM (SELECT 1 FROM ${table} WHERE ${inPartition} LIMIT ?)`,
    countBetween: `SELECT count(*) AS count FROM ${table} WHERE epk >= ? AND epk < ?`,
    keysFrom: `SELECT epk FROM ${table} WHERE epk >= ? AND epk < ? ORDER BY epk LIMIT -1 OFFSET ?`,
    expired: `${select('sequence')} WHERE ttl > 0 AND ts + ttl <= ? LIMIT ?`,
    old: `${select('sequence')} WHERE ts <= ? AND ttl IS NULL LIMIT ?`,
  }
}

/** Statements whose rows are arrays: where an item is, and its place. */
export const lists = [
  'created',
  'fresh',
  'changed',
  'changedIn',
  'byId',
  'byIdDescending',
  'inPartition',
  'expired',
  'old',
] as const

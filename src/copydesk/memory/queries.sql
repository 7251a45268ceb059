--  Statements on the memory database.

-- share
--  The place of each due re-fetch in its host's queue.
SELECT path, url, due, kept FROM revisits JOIN (
    SELECT path, row_number() OVER (PARTITION BY host ORDER BY due < ?, due, path) AS place
    FROM revisits WHERE due <= ?
) USING (path) WHERE place <= ? ORDER BY place, due, path LIMIT ?

-- count
INSERT INTO counts VALUES (?, ?, ?, ?, ?)
ON CONFLICT (day, source, kind, what) DO UPDATE SET count = count + excluded.count

-- all_days
SELECT day, source, kind, what, count FROM counts WHERE day >= ? AND kind <> 'timed'
ORDER BY day, source

-- drops
SELECT day, what, sum(count) FROM counts WHERE kind = 'dropped' AND day >= ?
GROUP BY day, what ORDER BY day, what

-- delays_by_day
SELECT day, CAST(what AS INTEGER), sum(count) FROM counts
WHERE kind = 'delay' AND day >= ? GROUP BY 1, 2

-- delays_by_source
SELECT source, CAST(what AS INTEGER), sum(count) FROM counts
WHERE kind = 'delay' AND day >= ? GROUP BY 1, 2

-- timed
SELECT what FROM counts WHERE kind = 'timed' AND day BETWEEN ? AND ? AND (source = ? OR ? IS NULL)

-- count_timed
SELECT day, source, count(*) FROM counts WHERE kind = 'timed' AND day >= ? GROUP BY 1, 2

-- add_reads
INSERT INTO reads (day, name, count) VALUES (?, ?, ?)
ON CONFLICT (day, name) DO UPDATE SET count = count + excluded.count

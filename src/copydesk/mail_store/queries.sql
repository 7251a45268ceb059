--  Statements on the database of newsletter subscribers.

-- copy_consents
--  The last consent to the old id, with its proof, is copied to the new id.
INSERT INTO consents (subscriber, letter, at, how, proof)
SELECT subscriber, ?2, at, how,
CASE WHEN json_valid(proof) AND json_type(proof) = 'object'
THEN json_set(proof, '$.renamed', json(?3))
ELSE json_object('said', proof, 'renamed', json(?3)) END
FROM consents WHERE number IN (
    SELECT max(number) FROM consents WHERE letter = ?1 AND subscriber IN ({moved})
    GROUP BY subscriber
) ORDER BY number

-- copy_subscriptions
INSERT INTO subscriptions (subscriber, letter, topics, since)
SELECT subscriber, ?2, topics, since FROM subscriptions
WHERE letter = ?1 AND subscriber IN ({moved})
ON CONFLICT (letter, subscriber) DO NOTHING RETURNING subscriber

-- moved
--  Readers whose last consent was to the old id: those who agreed to the new one since then have
--  chosen, and may have left it.
SELECT u.subscriber FROM subscriptions u WHERE u.letter = ?1 AND NOT EXISTS (
    SELECT 1 FROM consents n WHERE n.subscriber = u.subscriber AND n.letter = ?2 AND n.number >
    (SELECT coalesce(max(o.number), 0) FROM consents o
    WHERE o.subscriber = u.subscriber AND o.letter = ?1)
)

-- overlaps
--  Compared by number, not by time: an imported consent may be older than the newsletter here.
SELECT EXISTS (SELECT 1 FROM consents WHERE letter = ? AND number <
    (SELECT max(number) FROM consents WHERE letter = ?))
OR EXISTS (SELECT 1 FROM sendings WHERE letter = ? AND number <
    (SELECT max(number) FROM sendings WHERE letter = ?))

-- marked
--  A fact named `letter renamed OLD` has the new id of a newsletter (RENAMED in subscriptions.py).
WITH RECURSIVE named(letter, present) AS (SELECT letter, letter FROM subscriptions UNION
    SELECT substr(name, 16), present FROM facts
    JOIN named ON json_extract(value, '$.new') = letter WHERE name LIKE 'letter renamed %')
SELECT key, '' FROM subscribers WHERE address <> ''
UNION SELECT s.key, n.letter FROM subscriptions u JOIN subscribers s ON s.id = u.subscriber
JOIN named n ON n.present = u.letter WHERE s.state IN ('active', 'paused')

-- subscribed
SELECT u.subscriber, u.letter, s.key FROM subscriptions u JOIN subscribers s ON s.id = u.subscriber
WHERE NOT EXISTS (SELECT 1 FROM consents c
    WHERE c.subscriber = u.subscriber AND c.letter = u.letter AND c.number > ?)

-- listed
SELECT id, key FROM subscribers WHERE state <> 'erased' AND id <= ?
AND NOT EXISTS (SELECT 1 FROM consents WHERE subscriber = id AND number > ?)

-- leave
UPDATE subscribers SET state = 'left' WHERE id = ? AND state IN ('active', 'paused')
AND NOT EXISTS (SELECT 1 FROM subscriptions WHERE subscriber = id)

-- readers
SELECT u.subscriber FROM subscriptions u JOIN subscribers s ON s.id = u.subscriber
WHERE u.letter = ?
AND (s.state = 'active' OR (s.state = 'paused' AND s.paused_until <> '' AND s.paused_until <= ?))
AND NOT EXISTS (SELECT 1 FROM suppressions p WHERE p.key = s.key)
AND (u.topics = '[]' OR EXISTS (SELECT 1 FROM json_each(u.topics) t
    WHERE t.value IN (SELECT value FROM json_each(?))))

-- entries
SELECT g.issue, d.subscriber, coalesce(s.address, ''), d.state,
CASE d.state WHEN 0 THEN NULL ELSE d.at END, d.attempts, d.code, d.words
FROM deliveries d JOIN sendings g ON g.number = d.sending
LEFT JOIN subscribers s ON s.id = d.subscriber

-- returns
SELECT r.sending, r.subscriber, r.digest, r.kind, r.status, r.words, r.at, r.is_proved,
coalesce(g.issue, ''), coalesce(s.address, ''),
coalesce(d.address_number NOT IN (0, s.address_number), 0)
FROM returns r LEFT JOIN sendings g ON g.number = r.sending
LEFT JOIN subscribers s ON s.id = r.subscriber
LEFT JOIN deliveries d ON d.sending = r.sending AND d.subscriber = r.subscriber

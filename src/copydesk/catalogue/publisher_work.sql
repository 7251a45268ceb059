
WITH own AS (SELECT story FROM reasons WHERE kind IN (?, ?) GROUP BY story),
told AS (
    SELECT story_group, publisher, min(at) AS at FROM stories
    WHERE story_group <> '' AND copy_of = '' GROUP BY 1, 2
),
ranked AS (
    SELECT publisher, count(*) OVER (PARTITION BY story_group) AS many,
        at = min(at) OVER (PARTITION BY story_group) AS is_first FROM told
),
events AS (
    SELECT publisher, count(*) AS events, sum(is_first) AS first FROM ranked
    WHERE many > 1 GROUP BY 1
)
SELECT stories.publisher, count(*), count(own.story), coalesce(max(events), 0),
    coalesce(max(first), 0), total(said <> ''), total(said = 'publish')
FROM stories LEFT JOIN own ON own.story = id
    LEFT JOIN events ON events.publisher = stories.publisher
WHERE copy_of = '' AND stories.publisher <> '' GROUP BY 1

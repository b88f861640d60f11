"""Periods that may not overlap."""

from django.utils.translation import gettext_lazy as _

from ..sqltext import fill, quote
from .check import Check


def overlap_of_links(link):
    """Two periods of one owner that meet on a day; the message names both and the way out."""
    return Check(
        link.table,
        "until",
        _(
            "%(other)s from %(first)s is still present when %(next_other)s begins on "
            "%(next_first)s (%(place)s): end the one the day before the other begins"
        ),
        fill(
            """
            SELECT place.*, mine.code AS other, coalesce(first::text, '…') AS first,
                coalesce(theirs.code, '-') AS next_other,
                coalesce(next_first::text, '…') AS next_first,
                CASE
                    WHEN NOT on_next AND next_row IS NOT NULL THEN next_sheet || ':' || next_row
                    WHEN on_next AND pair.row IS NOT NULL THEN pair.sheet || ':' || pair.row
                END AS place,
                CASE WHEN place.sheet = '{owners}' THEN '{since}'
                    WHEN on_next THEN 'since' ELSE 'until' END AS column
            FROM (
                SELECT *, lead(sheet) OVER later AS next_sheet, lead(row) OVER later AS next_row,
                    lead(other_id) OVER later AS next_other_id,
                    lead(first) OVER later AS next_first, lead(true) OVER later AS has_next
                FROM link_{table}
                WINDOW later AS (
                    PARTITION BY owner_id ORDER BY first NULLS FIRST, last NULLS LAST, sheet, row
                )
            ) AS pair
            -- To be mended in the row that is in the workbook, of the two the earlier period.
            CROSS JOIN LATERAL (
                SELECT pair.row IS NULL OR pair.sheet = '{owners}' AND next_sheet = '{table}'
            ) AS mending (on_next)
            CROSS JOIN LATERAL (
                SELECT CASE WHEN on_next THEN next_sheet ELSE pair.sheet END AS sheet,
                    CASE WHEN on_next THEN next_row ELSE pair.row END AS row
            ) AS place
            LEFT JOIN now_organizations AS mine ON mine.id = pair.other_id
            LEFT JOIN now_organizations AS theirs ON theirs.id = pair.next_other_id
            WHERE has_next AND place.row IS NOT NULL
                -- The same key twice is told as that, and nothing more can be known of its owner.
                AND owner_id NOT IN (
                    SELECT owner_id FROM link_{table} WHERE row IS NOT NULL
                    GROUP BY owner_id, sheet, CASE WHEN sheet = '{table}' THEN (other_id, first) END
                    HAVING count(*) > 1
                )
                AND (next_first IS NULL OR last IS NULL OR last >= next_first OR first = next_first)
            """,
            table=link.table,
            owners=link.owners,
            since=link.since,
        ),
    )


def overlap_of_rows(table, *columns):
    """Two rows that agree in `columns` are valid on the same day."""
    described = [table.by_name[column] for column in columns]
    agreeing = [f"{each.name}_id" if each.to else quote(each.name) for each in described]
    return Check(
        table.name,
        next(column.name for column in table.columns if column.bound == "first"),
        _("these days overlap with %(days)s (%(place)s), and only one can be valid on a day"),
        fill(
            """
            WITH mine AS (
                SELECT row, {ids}, validity, ROW ({key}) AS key FROM row_{name}
                WHERE NOT bad AND validity IS NOT NULL
            ), stored AS (
                SELECT {fields}, validity FROM {stored}
                WHERE ({fields}) IN (SELECT {ids} FROM mine)
                    AND id NOT IN (SELECT id FROM row_{name} WHERE id IS NOT NULL)
            )
            SELECT this.row, that.validity AS days, '{name}:' || that.row AS place
            FROM mine AS this JOIN mine AS that USING ({ids})
            WHERE this.row > that.row AND this.validity && that.validity
                AND this.key IS DISTINCT FROM that.key
            UNION ALL
            SELECT this.row, stored.validity, NULL
            FROM mine AS this JOIN stored ON ({these}) = ({those})
            WHERE this.validity && stored.validity
            """,
            name=table.name,
            stored=table.db_table,
            key=[f"{each.name}_id" if each.to else quote(each.name) for each in table.key],
            ids=agreeing,
            fields=[table.db_column(each) for each in described],
            these=[f"this.{name}" for name in agreeing],
            those=[f"stored.{table.db_column(each)}" for each in described],
        ),
    )

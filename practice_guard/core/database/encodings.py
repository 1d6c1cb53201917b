"""What a database's encoding has letters for: texts of ours must be kept whatever it lacks."""

from __future__ import annotations

import json

from practice_guard.core.database.port import Database

_CODECS = {
    **{f"LATIN{number}": f"iso8859-{part}" for number, part in enumerate((1, 2, 3, 4, 9, 10, 13, 14, 15, 16), 1)},
    **{f"ISO_8859_{part}": f"iso8859-{part}" for part in (5, 6, 7, 8)},
    **{f"WIN{page}": f"cp{page}" for page in (866, 874, *range(1250, 1259))},
    **dict.fromkeys(("UTF8", "SQL_ASCII", "MULE_INTERNAL"), "utf-8"),
    "KOI8R": "koi8-r",
    "KOI8U": "koi8-u",
    "EUC_CN": "gb2312",
    "EUC_JP": "euc-jp",
    "EUC_JIS_2004": "euc-jis-2004",
    "EUC_KR": "euc-kr",
}
"""Python's name of an encoding, by PostgreSQL's. SQL_ASCII takes whatever bytes it is given."""


def fitted(database: Database, text: str) -> str:
    """Return a text with a question mark for each letter that the database cannot keep."""
    codec = _CODECS.get(database.encoding, "ascii")
    return text.encode(codec, "replace").decode(codec)


def as_json(database: Database, value: object) -> str:
    r"""Write a value as JSON that the database can keep, with a question mark for each letter that it cannot.

    Letters stand as they are: where the encoding is not UTF8, PostgreSQL takes no \u for what is not in it, and in
    SQL_ASCII for nothing beyond ASCII.
    """
    return fitted(database, json.dumps(value, ensure_ascii=False))

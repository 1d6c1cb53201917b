"""The tables that the version before left are read, restored from and taken back to by this one.

How the files came about stands in tests/fixtures/version_before/README.md.
"""

from __future__ import annotations

import pytest

from tests.world.builders import ScratchDatabase
from tests.world.program import Guard
from tests.world.season_before import (
    BUCKETS,
    BY_SET,
    assert_every_row_is_right,
    counts,
    result,
    totals,
    where_rows_belong,
    where_rows_hang,
)


@pytest.fixture
def database(left_before: ScratchDatabase) -> ScratchDatabase:
    return left_before


def test_it_is_a_copy_until_it_is_marked_anew(database: ScratchDatabase, guard: Guard) -> None:
    assert where_rows_hang(database) != where_rows_belong()
    before = database.everything()
    for words in (("snapshots",), ("health",), ("restore",)):
        refused = guard(*words, "--json")
        assert refused.status == 14, refused
        assert refused.json["next_steps"][0].startswith("practice-guard mark --env local "), refused
        assert "--confirm" not in str(refused.json["next_steps"]), "a person types that"
    assert database.everything() == before
    again = result(guard("mark", "--confirm", "local", "--json"))
    assert (again["changed"], again["before"]["environment"], again["after"]["environment"]) == (True, "local", "local")


def test_all_that_reads_reads_it(marked: ScratchDatabase, guard: Guard) -> None:
    before = marked.everything()

    listed = result(guard("snapshots", "--json"))
    said = [(each["label"], each["rows"], each["carried"], each["verified"]) for each in listed["snapshots"]]
    assert [rest for _, *rest in said] == [[59, 2, True], [61, 2, True], [61, 0, True]]
    assert [label for label, *_ in said][1:] == ["Division 9 waits", "before the season"]
    assert listed["latest"] == listed["snapshots"][0]["snapshot"]
    shown = result(guard("snapshots", "show", "--json"))["protected"]
    assert {name: (each["rows"], each["carried"]) for name, each in shown.items() if name in BY_SET} == {
        name: (sum(rows), 2 if name == "practices" else 0) for name, rows in BY_SET.items()
    }
    for each in shown.values():
        assert len(marked.rows(each["sql"])) == each["rows"]
    result(guard("snapshots", "verify", "--json"))

    events = [event for event in result(guard("history", "--json"))["events"] if event["kind"] != "mark"]
    kinds = ["restore", "run 1", "restore", "backup", "restore", "cleanup", "backup", "backup"]
    assert [event["kind"] for event in events] == kinds
    assert [event.get("written") for event in events if event["kind"] == "restore"] == [4, 36, 31]
    assert (events[1]["exit_code"], events[1]["etl_exit_code"], events[1]["ledger"]) == (4, 0, [4])

    checked = result(guard("check-preservation", "--json"), 3)
    assert [checked["teams"][fate] for fate in ("total", "kept", "renumbered", "missing", "reused")] == [7, 1, 5, 1, 6]
    assert [checked["rows"][fate] for fate in ("total", "kept", "renumbered", "missing")] == [56, 13, 38, 5]
    health = result(guard("health", "--json"), 3)
    seen = ("lost", "orphaned", "wrong_team", "duplicated", "added", "deleted", "pending")
    assert [health[each] for each in seen] == [15, 1, 26, 0, 1, 0, 3]
    asked = guard("validate-safety", "--json")
    assert not result(asked, 3)["safe"]
    assert [each["code"] for each in asked.json["findings"] if each["severity"] == "error"] == ["import-not-restored"]
    result(guard("backup", "--json"), 3)
    assert marked.everything() == before


def test_it_is_restored_and_the_cycle_goes_on(marked: ScratchDatabase, guard: Guard) -> None:
    before = marked.all_rows("public")
    shown = guard("restore", "--dry-run", "--json")
    assert counts(shown) == totals() == (12, 26, 15, 3, 1, 0, 2)
    by_set = result(shown, 4)["protected"]
    assert {name: tuple(rows[bucket] for bucket in BUCKETS) for name, rows in by_set.items()} == BY_SET
    assert result(shown, 4)["evidence"] == {"exact": 11, "normalised": 10, "roster": 20, "same-id": 13}
    (waiting,) = result(shown, 4)["pending"]
    assert (waiting["rows"], waiting["reason"]) == (3, "missing")
    assert marked.all_rows("public") == before

    done = guard("restore", "--json")
    assert counts(done) == totals()
    assert_every_row_is_right(marked)
    health = result(guard("health", "--json"), 4)
    assert (health["score"], health["lost"], health["wrong_team"], health["pending"]) == (94, 0, 0, 3)

    undone = result(guard("restore", "--undo", str(result(done, 4)["ledger"]), "--json"))
    assert (sum(undone["removed"].values()), sum(undone["relinked"].values())) == (15, 27)
    assert marked.all_rows("public") == before
    assert counts(guard("restore", "--json")) == totals()
    assert_every_row_is_right(marked)

    taken = result(guard("backup", "--json"))
    assert (taken["rows"], taken["carried"], taken["verified"]) == (60, 2, True)
    assert len(result(guard("cleanup", "--keep-last", "1", "--json"))["removed"]) == 3
    assert [each["snapshot"] for each in result(guard("snapshots", "--json"))["snapshots"]] == [taken["snapshot"]]
    result(guard("snapshots", "verify", "--json"))
    assert counts(guard("restore", "--json"))[1:4] == (0, 0, 3)
    assert_every_row_is_right(marked)


def test_its_lists_know_names_only_and_new_ones_know_more(marked: ScratchDatabase, guard: Guard) -> None:
    marked.rows("UPDATE teams SET external_team_id = 'T' || id")
    old = [each["snapshot"] for each in result(guard("snapshots", "--json"))["snapshots"]]
    assert guard("restore").status == 4, "in tables in which there is no room for more"
    new = result(guard("backup", "--json"))["snapshot"]
    known = "bool_or(outside_id IS NOT NULL), bool_or(active IS NOT NULL)"
    assert dict(marked.rows(f"SELECT list, ({known})::text FROM practice_guard.team_lists GROUP BY list")) == {
        **dict.fromkeys(old, "(f,f)"),
        new: "(t,t)",
    }
    for each in (*old, new):
        result(guard("snapshots", "verify", each, "--json"))
        result(guard("snapshots", "export", each, f"{each}.pgs", "--json"))
    for each in (old[0], new):
        marked.rows("UPDATE practice_guard.team_lists SET active = false WHERE list = %(list)s", list=each)
        assert guard("snapshots", "verify", each).status == 12


def test_a_restore_of_the_version_before_is_taken_back_while_its_rows_are_as_it_left_them(
    marked: ScratchDatabase, guard: Guard
) -> None:
    before = marked.all_rows("public")
    for entry, status in ((1, 2), (2, 14), (3, 14), (4, 14), (6, 2)):
        result(guard("restore", "--undo", str(entry), "--json"), status)
    assert marked.all_rows("public") == before

    undone = result(guard("restore", "--undo", "5", "--json"))
    assert (undone["removed"], undone["relinked"]) == ({"practice_times": 0}, {"practice_times": 4})
    assert {name for name, rows in marked.all_rows("public").items() if rows != before[name]} == {
        "public.practice_times"
    }
    assert counts(guard("restore", "--json"))[:4] == (9, 29, 15, 3)
    assert_every_row_is_right(marked)


def test_a_row_changed_in_its_tables_is_noticed(marked: ScratchDatabase, guard: Guard) -> None:
    ((table,),) = marked.rows(
        "SELECT rows_table FROM practice_guard.snapshot_sets JOIN practice_guard.snapshots s ON s.id = snapshot"
        " WHERE name = 'practices' ORDER BY s.number DESC LIMIT 1"
    )
    marked.rows(f"UPDATE practice_guard.{table} SET match_time = '18:00' WHERE guard_row = 1")
    assert guard("snapshots", "verify", "--json").status == 12
    assert guard("restore").status == 12

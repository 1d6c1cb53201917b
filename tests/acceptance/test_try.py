"""`restore --dry-run --try`: what only a write shows, found out by writing and taking it back."""

from __future__ import annotations

from tests.world.builders import ScratchDatabase
from tests.world.program import Guard


class TestTrying:
    def test_shows_what_the_dry_run_cannot_know_and_what_the_restore_does(
        self, guard: Guard, damaged: ScratchDatabase
    ) -> None:
        damaged.rows(
            "CREATE FUNCTION closed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT EXISTS"
            " (SELECT FROM schedule) THEN RETURN NEW; END IF; RAISE 'the season is closed'; END $$"
        )
        damaged.rows("CREATE TRIGGER closed BEFORE INSERT ON schedule FOR EACH ROW EXECUTE FUNCTION closed()")
        before = damaged.all_rows()
        foreseen = guard("restore", "--dry-run", "--json")
        assert foreseen.json["result"]["not_foreseen"] == ["schedule: TRIGGER closed"], foreseen
        assert foreseen.json["result"]["rows"]["pending"] == 0
        tried = guard("restore", "--dry-run", "--try", "--json")
        assert tried.status == 4, tried
        assert tried.json["result"]["tried"] is True
        assert tried.json["result"]["ledger"] is None
        assert damaged.all_rows() == before
        done = guard("restore", "--json")
        assert done.status == 4, done
        for word in ("rows", "pending", "protected"):
            assert done.json["result"][word] == tried.json["result"][word]
        refused = [each for each in done.json["result"]["pending"] if each["reason"] == "refused"]
        assert sum(each["rows"] for each in refused) == done.json["result"]["rows"]["pending"] > 0
        assert all("the season is closed (SQLSTATE P0001)" in each["message"] for each in refused)
        again = guard("restore", "--dry-run", "--json")
        assert any("is tried again" in note for note in again.json["result"]["notes"]), again
        assert again.status == 0, "whether they are refused again only a write shows"
        pending = done.json["result"]["rows"]["pending"]
        said = f"Last time {pending} rows of these were refused: the season is closed (SQLSTATE P0001); "
        assert again.json["verdict"].endswith(said + "restore --dry-run --try shows whether they still are."), again
        assert any("--dry-run --try" in step for step in again.json["next_steps"]), again
        assert "refused" not in foreseen.json["verdict"]
        assert not any("--try" in step for step in foreseen.json["next_steps"])
        health = guard("health", "--json")
        assert health.status == 4, health
        assert {each["code"] for each in health.json["findings"]} >= {"rows-refused"}, health
        assert any("--dry-run --try" in step for step in health.json["next_steps"]), health

    def test_says_so_first_and_last(self, guard: Guard, damaged: ScratchDatabase) -> None:
        tried = guard("restore", "--dry-run", "--try")
        assert tried.status == 0, tried
        assert "uses up sequence values, fires triggers" in " ".join(tried.stdout.split()), tried
        assert "was tried and taken back" in tried.stdout.splitlines()[-1], tried
        assert guard("restore", "--try").status == 2
        assert guard("restore", "--undo", "1", "--dry-run", "--try").status == 2

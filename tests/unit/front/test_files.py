"""Files that a person named: whole or not there, for their owner, and never over what was there."""

from __future__ import annotations

import ast
import errno
import os
import stat
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

import practice_guard
from practice_guard import files
from practice_guard.core.errors import StoppedError, UsageError

PACKAGE = Path(practice_guard.__file__).parent
OPENS_FOR_ITSELF = {"files.py", "core/running/lockfile.py"}
"""A lock is a file that must stay the same file, so that it is not written anew."""


def names_in(directory: Path) -> list[str]:
    return sorted(each.name for each in directory.iterdir())


def fails(number: int, *, of: Callable[[int], bool] = stat.S_ISREG) -> Callable[[int], None]:
    """An fsync that fails for files, or for what else is asked."""

    def fsync(handle: int) -> None:
        if of(os.fstat(handle).st_mode):
            raise OSError(number, os.strerror(number))

    return fsync


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "plan.json"


@pytest.fixture(params=[False, True], ids=["new", "replacing"])
def replace(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def test_a_file_is_written_whole_for_its_owner_only(path: Path, replace: bool) -> None:
    before = os.umask(0)
    try:
        files.write(path, b"data", replace=replace)
    finally:
        os.umask(before)
    assert path.read_bytes() == b"data"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.stat().st_nlink == 1
    assert names_in(path.parent) == ["plan.json"]


def test_a_file_that_is_there_is_not_overwritten(path: Path) -> None:
    path.write_bytes(b"older")
    with pytest.raises(UsageError, match=r"plan\.json exists already, and nothing is overwritten"):
        files.write(path, b"data")
    assert path.read_bytes() == b"older"
    assert names_in(path.parent) == ["plan.json"]


def test_a_file_that_others_could_read_gives_its_name_to_one_that_they_cannot(path: Path) -> None:
    path.write_bytes(b"older")
    path.chmod(0o644)
    with path.open("rb") as reader:
        files.write(path, b"data", replace=True)
        assert reader.read() == b"older", "who has it open reads on what there was"
    assert path.read_bytes() == b"data"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("target", ["there", "not there", "a directory"])
def test_a_link_is_neither_followed_nor_replaced(path: Path, replace: bool, target: str) -> None:
    aim = path.parent / "aim"
    if target == "there":
        aim.write_bytes(b"mine")
    elif target == "a directory":
        aim.mkdir()
    path.symlink_to(aim)
    before = names_in(path.parent)
    with pytest.raises(UsageError, match=r"plan\.json (exists|is there) already"):
        files.write(path, b"data", replace=replace)
    assert path.is_symlink()
    assert names_in(path.parent) == before
    assert aim.read_bytes() == b"mine" if target == "there" else not aim.is_file()


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["directory", "pipe"])
def test_what_is_no_plain_file_stays(path: Path, replace: bool, make: Callable[[Path], None]) -> None:
    make(path)
    kind = path.lstat().st_mode
    with pytest.raises(UsageError, match=r"plan\.json (exists|is there) already"):
        files.write(path, b"data", replace=replace)
    assert path.lstat().st_mode == kind
    assert names_in(path.parent) == ["plan.json"]


def test_a_device_is_not_replaced_whoever_asks() -> None:
    """Root could do it, and nobody on that machine would have a /dev/null any more."""
    with pytest.raises(UsageError, match="no plain file"):
        files.write(Path("/dev/null"), b"data", replace=True)
    assert Path("/dev/null").is_char_device()


def test_who_comes_first_between_the_look_and_the_name_keeps_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.fsync", lambda _: path.write_bytes(b"theirs"))
    with pytest.raises(UsageError, match="exists already"):
        files.write(path, b"data")
    assert path.read_bytes() == b"theirs"
    assert names_in(path.parent) == ["plan.json"]


@pytest.mark.parametrize("number", [errno.EPERM, errno.EOPNOTSUPP])
def test_a_disk_without_links_takes_files_too(path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def refuses(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("os.link", refuses)
    files.write(path, b"data")
    assert path.read_bytes() == b"data"
    assert names_in(path.parent) == ["plan.json"]
    monkeypatch.setattr("os.fsync", lambda _: path.with_name("late").write_bytes(b"theirs"))
    with pytest.raises(UsageError, match="late exists already"):
        files.write(path.with_name("late"), b"data")
    assert path.with_name("late").read_bytes() == b"theirs"


def test_a_full_disk_leaves_nothing(path: Path, replace: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.fsync", fails(errno.ENOSPC))
    with pytest.raises(UsageError, match=r"plan\.json cannot be written: No space left on device"):
        files.write(path, b"data", replace=replace)
    assert names_in(path.parent) == []


def test_a_full_disk_leaves_the_file_that_was_to_be_replaced(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes(b"older")
    monkeypatch.setattr("os.fsync", fails(errno.EIO))
    with pytest.raises(UsageError, match="Input/output error"):
        files.write(path, b"data", replace=True)
    assert path.read_bytes() == b"older"
    assert names_in(path.parent) == ["plan.json"]


def test_a_name_that_would_not_last_is_taken_back(path: Path, replace: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.fsync", fails(errno.EIO, of=stat.S_ISDIR))
    with pytest.raises(UsageError, match=r"plan\.json cannot be written: Input/output error"):
        files.write(path, b"data", replace=replace)
    assert names_in(path.parent) == []


def test_a_directory_that_cannot_be_flushed_by_its_kind_is_no_failure(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.fsync", fails(errno.EINVAL, of=stat.S_ISDIR))
    files.write(path, b"data")
    assert path.read_bytes() == b"data"


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), StoppedError(number=15)], ids=["interrupt", "told to end"])
@pytest.mark.parametrize("of", [stat.S_ISREG, stat.S_ISDIR], ids=["while it is written", "while it is named"])
def test_a_write_that_is_broken_off_leaves_nothing(
    path: Path, replace: bool, monkeypatch: pytest.MonkeyPatch, stop: BaseException, of: Callable[[int], bool]
) -> None:
    def fsync(handle: int) -> None:
        if of(os.fstat(handle).st_mode):
            raise stop

    monkeypatch.setattr("os.fsync", fsync)
    with pytest.raises(type(stop)):
        files.write(path, b"data", replace=replace)
    assert names_in(path.parent) == []


def test_it_is_flushed_before_it_has_its_name_and_its_directory_after(
    path: Path, replace: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[bool, bool]] = []
    monkeypatch.setattr("os.fsync", lambda handle: seen.append((stat.S_ISDIR(os.fstat(handle).st_mode), path.exists())))
    files.write(path, b"data", replace=replace)
    assert seen == [(False, False), (True, True)]


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), UsageError("no"), OSError(errno.ENOSPC, "No space")])
def test_one_that_is_written_bit_by_bit_is_whole_or_not_there(path: Path, replace: bool, stop: BaseException) -> None:
    with files.writing(path, replace=replace) as file:
        file.write(b"----")
        assert not path.exists()
        file.seek(0)
        file.write(b"data")
        file.seek(0)
        assert file.read() == b"data"
    assert (path.read_bytes(), names_in(path.parent)) == (b"data", ["plan.json"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.unlink()
    with suppress(type(stop), UsageError), files.writing(path, replace=replace) as file:
        file.write(b"data")
        raise stop
    assert names_in(path.parent) == []


@pytest.mark.parametrize("piped", [False, True])
def test_what_is_read_can_be_gone_back_in_whatever_it_is(path: Path, piped: bool) -> None:
    data = bytes(range(256)) * 1000
    path.write_bytes(data)
    writer = None
    if piped:
        path.unlink()
        os.mkfifo(path)
        writer = threading.Thread(target=path.write_bytes, args=(data,))
        writer.start()
    with files.reading(path) as file:
        assert file.read(3) == data[:3]
        file.seek(0)
        assert file.read() == data
    if writer:
        writer.join()


def test_a_scratch_file_is_gone_and_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with files.scratch() as file:
        file.write(b"data")
    assert names_in(tmp_path) == []
    with pytest.raises(UsageError, match="TMPDIR"), files.scratch():
        raise OSError(errno.ENOSPC, "No space left on device")


def test_somebody_elses_file_beside_it_is_not_taken_away(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.token_hex", lambda _: "guessed")
    trap = path.with_name(".practice-guard-guessed")
    trap.symlink_to(path.with_name("aim"))
    with pytest.raises(UsageError):
        files.write(path, b"data")
    assert names_in(path.parent) == [trap.name]


@pytest.mark.parametrize(("name", "why"), [("missing/plan.json", "No such file"), ("x" * 300, "File name too long")])
def test_a_path_that_cannot_be_is_said(tmp_path: Path, replace: bool, name: str, why: str) -> None:
    with pytest.raises(UsageError, match=f"{name} cannot be written: {why}"):
        files.write(tmp_path / name, b"data", replace=replace)
    assert names_in(tmp_path) == []


def test_no_name_at_all_is_said(replace: bool) -> None:
    with pytest.raises(UsageError, match="already"):
        files.write(Path(), b"data", replace=replace)


def opened(path: Path, named: str) -> None:
    with files.reading(path, named):
        pass


@pytest.mark.parametrize("read", [files.read, files.read_text, opened])
def test_a_file_that_cannot_be_read_is_said(tmp_path: Path, read: Callable[[Path, str], object]) -> None:
    with pytest.raises(UsageError, match=r"missing cannot be read: No such file or directory\.$"):
        read(tmp_path / "missing", "")
    with pytest.raises(UsageError, match=r"^The list, which cannot be read: Is a directory\.$"):
        read(tmp_path, "The list, which")


def test_a_text_that_is_none_is_said(path: Path) -> None:
    path.write_bytes("Grün".encode())
    assert files.read_text(path) == "Grün"
    path.write_bytes("Grün".encode("latin-1"))
    with pytest.raises(UsageError, match=r"plan\.json cannot be read: it is not UTF-8 \(byte 3\)\.$"):
        files.read_text(path)


def test_files_are_written_in_one_place() -> None:
    """Nobody opens, writes or renames a file by hand, where the next reader would have to look how."""
    by_hand = {"open", "fdopen", "write_text", "write_bytes", "rename", "hardlink_to", "mkstemp"}
    for path in PACKAGE.rglob("*.py"):
        name = path.relative_to(PACKAGE).as_posix()
        for each in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(each, ast.Call) and name not in OPENS_FOR_ITSELF:
                called = each.func.attr if isinstance(each.func, ast.Attribute) else getattr(each.func, "id", "")
                assert called not in by_hand, f"{name}:{each.lineno} calls {called}; see practice_guard/files.py"


OURS, ADDED = b"# Wilmette\n", b"# Wilmette\nleagues = 4\n"


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o444])
def test_a_persons_file_keeps_its_rights(path: Path, mode: int) -> None:
    path.write_bytes(OURS)
    path.chmod(mode)
    files.put_in_place(path, OURS, ADDED)
    assert path.read_bytes() == ADDED
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert names_in(path.parent) == [path.name]


def test_a_persons_file_that_is_not_there_is_made(path: Path) -> None:
    files.put_in_place(path, None, ADDED)
    assert path.read_bytes() == ADDED
    with pytest.raises(UsageError, match="exists already"):
        files.put_in_place(path, None, OURS)
    assert path.read_bytes() == ADDED


def test_what_somebody_else_wrote_meanwhile_stays(path: Path) -> None:
    path.write_bytes(b"# Tennaqua\n")
    with pytest.raises(UsageError, match="changed by somebody else meanwhile"):
        files.put_in_place(path, OURS, ADDED)
    assert path.read_bytes() == b"# Tennaqua\n"
    assert names_in(path.parent) == [path.name]


@pytest.mark.parametrize("of", [stat.S_ISREG, stat.S_ISDIR], ids=["the file", "its directory"])
def test_a_full_disk_never_takes_a_persons_file(
    path: Path, monkeypatch: pytest.MonkeyPatch, of: Callable[[int], bool]
) -> None:
    path.write_bytes(OURS)
    monkeypatch.setattr(os, "fsync", fails(errno.ENOSPC, of=of))
    with suppress(UsageError):
        files.put_in_place(path, OURS, ADDED)
    assert path.read_bytes() in (OURS, ADDED)
    assert names_in(path.parent) == [path.name]

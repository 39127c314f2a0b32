from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lotstream.connect import Verdict
from lotstream.connect import inbox as inbox_module
from lotstream.connect.inbox import Inbox
from lotstream.errors import SettingInvalid
from lotstream.testing.desk import Crash, MemoryDesk
from tests.connect.doubles import PlainConnector


@pytest.fixture
def desk() -> MemoryDesk:
    """A desk in memory."""
    return MemoryDesk(PlainConnector())


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    """An inbox that takes files of up to 100 bytes."""
    return Inbox(tmp_path / "in", sender="erp", file_bytes_max=100)


def drop(inbox: Inbox, name: str, content: str) -> Path:
    """Put a file into the inbox."""
    inbox.folder.mkdir(exist_ok=True)
    path = inbox.folder / name
    path.write_text(content)
    return path


def names(folder: Path) -> list[str]:
    """Return the names of the files in a folder."""
    return sorted(path.name for path in folder.iterdir() if path.is_file())


async def test_a_file_is_taken_at_the_second_look_and_moved_to_done(inbox: Inbox, desk: MemoryDesk) -> None:
    """A file that did not change between two looks is read, published and moved, with its bytes kept."""
    drop(inbox, "orders.txt", "A1")
    assert await inbox.look(desk) == 0
    assert await inbox.look(desk) == 1
    assert (names(inbox.folder), names(inbox.done)) == ([], ["orders.txt"])
    [kept] = desk.exchanges.kept.values()
    assert (kept.delivery.sender, kept.delivery.name, kept.delivery.body) == ("erp", "orders.txt", b"A1")


@pytest.mark.limit("files_max")
async def test_the_oldest_files_of_a_full_inbox_come_first(tmp_path: Path, desk: MemoryDesk) -> None:
    """With more files than files_max only that many are noted at a look, and in the end all are taken, oldest first."""
    inbox = Inbox(tmp_path / "in", sender="erp", files_max=2)
    for number in range(5):
        os.utime(drop(inbox, f"{9 - number}.txt", f"A{number}"), ns=(number, number))
    moved = [await inbox.look(desk) for _ in range(6)]
    assert moved == [0, 2, 0, 2, 0, 1]
    assert [kept.delivery.name for kept in desk.exchanges.kept.values()] == [
        "9.txt",
        "8.txt",
        "7.txt",
        "6.txt",
        "5.txt",
    ]


@pytest.mark.parametrize(("days", "left"), [(29, 1), (31, 0)])
async def test_files_are_kept_for_some_days(
    inbox: Inbox, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch, days: int, left: int
) -> None:
    """What was taken or refused lies there for a bounded time, with its reason; what waits is never deleted."""
    drop(inbox, "good.txt", "A1")
    drop(inbox, "large.txt", "A" * 200)
    await inbox.look(desk)
    await inbox.look(desk)
    assert (len(names(inbox.done)), len(names(inbox.refused))) == (1, 2)
    (inbox.done / "folder").mkdir()
    later = datetime.now(UTC).timestamp() + days * 86_400
    monkeypatch.setattr("lotstream.connect.inbox.time.time", lambda: later)
    after_restart = Inbox(inbox.folder, sender="erp", kept_days=30)
    drop(inbox, "new.txt", "A2")
    await after_restart.look(desk)
    assert (len(names(inbox.done)), len(names(inbox.refused))) == (left, 2 * left)
    assert (names(inbox.folder), (inbox.done / "folder").is_dir()) == (["new.txt"], True)


async def test_old_files_that_cannot_be_deleted_stop_nothing(
    inbox: Inbox, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that belongs to somebody else is told of, and what waits is taken all the same."""

    def refuse(_: Path, *, before: float) -> int:
        raise PermissionError(f"not yours, {before:.0f}")

    monkeypatch.setattr(inbox_module, "delete_old", refuse)
    drop(inbox, "good.txt", "A1")
    await inbox.look(desk)
    assert await inbox.look(desk) == 1


async def test_a_file_that_grows_is_left_alone_until_it_stands_still(inbox: Inbox, desk: MemoryDesk) -> None:
    """A file that has another size at each look is being written, and nothing of it is read."""
    drop(inbox, "orders.txt", "A1")
    await inbox.look(desk)
    drop(inbox, "orders.txt", "A1 A2")
    assert await inbox.look(desk) == 0
    assert desk.exchanges.kept == {}
    assert await inbox.look(desk) == 1
    assert len(desk.publisher.published) == 2


async def test_a_file_that_is_written_on_while_it_is_taken_is_taken_again_whole(inbox: Inbox, desk: MemoryDesk) -> None:
    """Nothing that a slow writer adds after the reading is moved away unread."""
    path = drop(inbox, "orders.txt", "A1")
    await inbox.look(desk)
    publish = desk.publisher.publish

    async def publish_and_grow(messages: list[object]) -> None:
        await publish(messages)  # type: ignore[arg-type]
        if path.read_text() == "A1":
            path.write_text("A1 A2")

    desk.publisher.publish = publish_and_grow  # type: ignore[method-assign, assignment]
    assert await inbox.look(desk) == 0
    await inbox.look(desk)
    await inbox.look(desk)
    assert names(inbox.done) == ["orders.txt"]
    assert (inbox.done / "orders.txt").read_text() == "A1 A2"


@pytest.mark.parametrize("name", [".hidden", "orders.txt.tmp", "orders.PART"])
async def test_names_that_writers_use_meanwhile_are_ignored(inbox: Inbox, desk: MemoryDesk, name: str) -> None:
    """Dot files, .tmp and .part stay untouched until they are renamed."""
    drop(inbox, name, "A1")
    await inbox.look(desk)
    assert await inbox.look(desk) == 0
    assert names(inbox.folder) == [name]


async def test_a_link_is_not_followed(inbox: Inbox, desk: MemoryDesk, tmp_path: Path) -> None:
    """Only files that lie in the inbox themselves are read."""
    secret = tmp_path / "secret"
    secret.write_text("A1")
    drop(inbox, "real.txt", "A2")
    (inbox.folder / "link.txt").symlink_to(secret)
    await inbox.look(desk)
    assert await inbox.look(desk) == 1
    assert secret.exists()


async def test_a_refused_file_lies_beside_its_reason(inbox: Inbox, desk: MemoryDesk) -> None:
    """What cannot be taken is moved to refused, with a sentence a person can act upon."""
    drop(inbox, "orders.txt", "refuse")
    await inbox.look(desk)
    await inbox.look(desk)
    assert names(inbox.refused) == ["orders.txt", "orders.txt.reason.txt"]
    reason = (inbox.refused / "orders.txt.reason.txt").read_text()
    assert reason == "Nothing of this file was taken.\nnot_text: These bytes are no orders; send orders.\n"


async def test_a_partly_refused_file_names_its_orders(inbox: Inbox, desk: MemoryDesk) -> None:
    """The reason says which orders were not taken and that the file may be dropped again whole."""
    drop(inbox, "orders.txt", "A1 bad2")
    await inbox.look(desk)
    await inbox.look(desk)
    reason = (inbox.refused / "orders.txt.reason.txt").read_text()
    assert "order bad2: field_invalid [word]: This word is not an order." in reason
    assert "may be dropped again whole" in reason


async def test_what_is_not_acted_upon_says_so(inbox: Inbox, desk: MemoryDesk) -> None:
    """A file of a kind the connector does not handle is not called done."""
    drop(inbox, "orders.txt", "pass")
    await inbox.look(desk)
    await inbox.look(desk)
    assert "Nothing of this kind is acted upon." in (inbox.refused / "orders.txt.reason.txt").read_text()


@pytest.mark.limit("file_bytes_max")
async def test_a_file_above_the_limit_is_refused_unread(inbox: Inbox, desk: MemoryDesk) -> None:
    """The limit is named in the reason, and nothing is kept."""
    drop(inbox, "large.txt", "A" * 101)
    drop(inbox, "small.txt", "A1")
    await inbox.look(desk)
    assert await inbox.look(desk) == 2
    assert "101 bytes, more than the limit of 100" in (inbox.refused / "large.txt.reason.txt").read_text()
    assert names(inbox.done) == ["small.txt"]


async def test_an_unreadable_file_does_not_stop_the_others(
    inbox: Inbox, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that cannot be read stays where it is, and those beside it are taken."""
    read = inbox_module._read

    def refuse_one(file: inbox_module.Seen) -> bytes | None:
        if file.path.name == "locked.txt":
            raise PermissionError("no right to read it")
        return read(file)

    monkeypatch.setattr(inbox_module, "_read", refuse_one)
    drop(inbox, "locked.txt", "A1")
    drop(inbox, "orders.txt", "A2")
    await inbox.look(desk)
    assert await inbox.look(desk) == 1
    assert await inbox.look(desk) == 0
    assert names(inbox.folder) == ["locked.txt"]


async def test_a_name_that_is_taken_gets_a_number(inbox: Inbox, desk: MemoryDesk) -> None:
    """A file is never moved over another one."""
    for number in range(3):
        path = drop(inbox, "orders.txt", f"A{number}")
        os.utime(path, ns=(number, number))
        await inbox.look(desk)
        await inbox.look(desk)
    assert names(inbox.done) == ["orders.2.txt", "orders.3.txt", "orders.txt"]
    assert (inbox.done / "orders.3.txt").read_text() == "A2"


async def test_files_are_taken_oldest_first(inbox: Inbox, desk: MemoryDesk) -> None:
    """A change of an order that was dropped later is published later."""
    for number, name in enumerate(["b.txt", "a.txt"]):
        os.utime(drop(inbox, name, f"A{number}"), ns=(number, number))
    await inbox.look(desk)
    await inbox.look(desk)
    assert [m.message_id.split("/")[1] for m in desk.publisher.published] == ["A0", "A1"]


async def test_a_file_found_again_after_a_crash_is_not_published_twice(inbox: Inbox, desk: MemoryDesk) -> None:
    """A crash between publishing and moving leaves the file; resuming settles it and the next look moves it."""
    drop(inbox, "orders.txt", "A1")
    await inbox.look(desk)
    desk.exchanges.crash_before_settle = True
    with pytest.raises(Crash):
        await inbox.look(desk)
    assert await desk.resume() == 1
    count = len(desk.publisher.published)
    after_restart = Inbox(inbox.folder, sender="erp", file_bytes_max=100)
    await after_restart.look(desk)
    assert await after_restart.look(desk) == 1
    assert len(desk.publisher.published) == count
    assert names(inbox.done) == ["orders.txt"]


async def test_a_file_dropped_again_on_purpose_is_a_new_delivery(inbox: Inbox, desk: MemoryDesk) -> None:
    """The same bytes with a later time are read again, with the connector as it is now."""
    for time_ns in (1, 2):
        os.utime(drop(inbox, "orders.txt", "refuse"), ns=(time_ns, time_ns))
        await inbox.look(desk)
        await inbox.look(desk)
    assert [e.settlement.verdict for e in desk.exchanges.kept.values()] == [Verdict.REFUSED, Verdict.REFUSED]


async def test_a_name_that_is_not_utf_8_is_kept_written_out(inbox: Inbox, desk: MemoryDesk) -> None:
    """A file name with bytes that no database takes as text does not stop its file."""
    inbox.folder.mkdir()
    raw = os.fsencode(inbox.folder) + b"/b\xe9ta.txt"
    with os.fdopen(os.open(raw, os.O_CREAT | os.O_WRONLY), "wb") as file:
        file.write(b"A1")
    await inbox.look(desk)
    assert await inbox.look(desk) == 1
    assert [e.delivery.name for e in desk.exchanges.kept.values()] == ["b\\xe9ta.txt"]


async def test_a_folder_that_cannot_be_made_is_a_wrong_setting(desk: MemoryDesk, tmp_path: Path) -> None:
    """An inbox below a file is refused in words before anything is watched."""
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingInvalid, match="cannot be used"):
        await Inbox(tmp_path / "file" / "in", sender="erp").run(desk)

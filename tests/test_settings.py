"""Starting: refused in one line when something needed is missing; clean by Django's own checklist."""

import os
import subprocess
import sys

import pytest

PRODUCTION = {
    "SECRET_KEY": "a-long-secret-for-this-test-only-0123456789-abcdefghijkl",
    "ALLOWED_HOSTS": "skupaj.example",
    "DATABASE_URL": "postgres://portal@localhost/none",
}


def run(*arguments, **environment):
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments], env=kept | environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS"])
def test_it_refuses_to_start_without_a_secret_or_hosts_in_one_line(missing):
    environment = {key: value for key, value in PRODUCTION.items() if key != missing}
    result = run("check", **environment)
    assert result.returncode == 1
    assert result.stderr.strip().splitlines() == [
        f"{missing} is not set. Set it, or DEBUG=1 on a developer's machine; see README.md."
    ]


@pytest.mark.parametrize(("name", "value"), [("LANGUAGE_CODE", "fr"), ("PORTAL_BRAND", "red; }")])
def test_it_refuses_a_setting_that_makes_no_sense_in_one_line(name, value):
    result = run("check", **PRODUCTION, **{name: value})
    assert result.returncode == 1
    assert len(result.stderr.strip().splitlines()) == 1
    assert name in result.stderr


def test_djangos_deployment_checklist_has_nothing_to_say():
    result = run("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert (result.returncode, result.stdout.strip()) == (0, "System check identified no issues (0 silenced).")


def test_the_demo_says_that_its_port_is_taken():
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = run("demo", PORT=port)
    assert result.returncode == 1
    assert f"Port {port} is taken." in result.stderr

"""Translations are compiled before the first test: path words come from them."""

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from portal.texts import compile_texts

from . import migrated

# How fast examples are made says what else the machine does, nothing about the portal.
hypothesis_settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("any machine")


def pytest_configure(config):
    compile_texts()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """What several do at the same moment is up to the server: tests that commit are marked so without being told."""
    for item in items:
        mark = item.get_closest_marker("django_db")
        if mark and mark.kwargs.get("transaction"):
            item.add_marker("server")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, django_db_blocker):
    """pytest-django's hook, before it makes the database: a copy of the migrated one."""
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = migrated.template()


@pytest.fixture(autouse=True)
def _portals_own_language():
    """A page leaves its language active; no test inherits it from the one before."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(autouse=True)
def _no_pages_kept():
    """No test is answered with a page of the one before: settings and clocks differ between them."""
    from portal.pages import pages_kept  # needs the settings, and so not at the head of this file

    pages_kept.clear()


@pytest.fixture
def group():
    """A group without members. A file that needs another has a fixture of the same name."""
    from .records import make_group  # needs the settings, as all below

    return make_group()


@pytest.fixture
def coordinator(group):
    from .records import make_organisation, make_user

    return make_user("coordinator", make_organisation(group))


@pytest.fixture(scope="module")
def demo_database(django_db_setup, django_db_blocker):
    """The demo municipality for the tests of a file, each of which finds it as it was loaded."""
    with django_db_blocker.unblock(), migrated.in_place_of_the_database(migrated.demo()):
        yield


@pytest.fixture(scope="module")
def shared(django_db_setup, django_db_blocker):
    """One workshop for all tests of a file: each finds it as it was built, for what they change is rolled back."""
    from .workshop import build

    with django_db_blocker.unblock(), transaction.atomic(), translation.override("sl"):
        yield build()
        transaction.set_rollback(True)

"""The walk of test_walk.py for everybody but the coordinator, who sees most: a file is the share of one process."""

import pytest

from . import walking
from .test_walk import faults_of

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("role", [role for role in walking.ROLES if role != "coordinator"])
def test_all_that_this_role_sees_is_accessible_and_fits(walks, enter, visit, role):
    assert faults_of(role, walks, enter, visit) == {}

import pytest
from io import StringIO
from django.core.management import call_command
from django.test import Client
from tests.records import *
pytestmark = pytest.mark.django_db

def test_smoke(django_assert_max_num_queries):
    call_command("load_demo", verbosity=0, stdout=StringIO())
    g = Group.objects.get()
    k = signed_in(User.objects.filter(seats__role="coordinator").first())
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    import time
    for c in (Client(), k):
        for p in ("plan/coverage/","plan/coverage/?matrix=settings&cost=free","plan/coverage/phases/nutrition/school-age/","plan/coverage.csv","plan/chain/","plan/inequality/","plan/red-thread/","plan/coverage/changes/","plan/chain/add/","plan/coverage/phases/nutrition/school-age/not-needed/", "plan/"):
            for _i in range(2):
                with CaptureQueriesContext(connection) as q:
                    t=time.time(); r = c.get("/en/"+p); t=time.time()-t
            print(p, r.status_code, len(q), round(t*1000), len(r.content))
            assert r.status_code in (200,302)
    r = k.post("/en/plan/coverage/snapshot/")
    print(r.status_code, k.get("/en/plan/coverage/changes/").status_code)

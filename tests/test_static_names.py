"""Static files in production: their names say what is in them."""

import re

from django.core.files.base import ContentFile

from portal.static_names import ShortNames


def test_the_name_of_a_static_file_says_in_eight_digits_what_is_in_it(tmp_path):
    storage = ShortNames(location=tmp_path, base_url="/static/")
    names = [storage.hashed_name("css/site.css", ContentFile(text)) for text in (b"a {}", b"b {}", b"a {}")]
    assert all(re.fullmatch(r"css/site\.[0-9a-f]{8}\.css", name) for name in names)
    assert names[0] == names[2] != names[1]

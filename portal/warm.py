"""What the first readers would make a process read, compile and render: done before the workers part, who share it.

Dictionaries and synonyms of the search, the catalogue, address tables, translations and templates of five languages.
"""

from io import BytesIO
from urllib.parse import quote

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from programmes import index
from programmes.models import Programme

from . import languages
from .search import compounds, query, synonyms, text

# The pages that are asked for most; none that grows with the number of places or partners.
PAGES = ("home", "programmes:catalogue", "partners:about", "actionplans:plan")
WORDS = "q=a&sort=az"  # with an order: not a search that is counted as empty


def warm(application):
    """Asks the WSGI `application` for pages as a reader would. DatabaseError when there is no database."""
    text.warm()
    index.warm()
    for code in languages.CODES:
        synonyms.of(code, synonyms.version())
        _forget_words()
    for code in languages.CODES:
        with translation.override(code):
            for address in _addresses():
                _ask(application, *address)
    _forget_words()


def _forget_words():
    """What these were analysed for is done, readers come with others; the next language takes their place."""
    for remembered in (text.is_known, text.lemmas, text.keys, compounds.parts, compounds.part_keys, query.word_keys):
        remembered.cache_clear()


def _addresses():
    """(path, query) in the active language."""
    yield from ((reverse(name), "") for name in PAGES)
    yield reverse("programmes:catalogue"), WORDS
    for programme in Programme.objects.published().order_by("pk")[:1]:
        yield programme.get_absolute_url(), ""


def _ask(application, path, words):
    """One GET. Its answer is for nobody; a failure is logged as any other."""
    answer = application(_environ(path, words), lambda status, headers, *_error: None)
    for _part in answer:
        pass
    answer.close()


def _environ(path, words):
    host = next((host.lstrip(".") for host in settings.ALLOWED_HOSTS if host != "*"), "localhost")
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path.encode().decode("latin-1"),
        "QUERY_STRING": quote(words, safe="=&"),
        "SERVER_NAME": host,
        "SERVER_PORT": "443" if settings.HTTPS else "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": host,
        "HTTP_X_FORWARDED_PROTO": "https",
        "HTTP_ACCEPT_ENCODING": "gzip",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "https" if settings.HTTPS else "http",
        "wsgi.input": BytesIO(),
        "wsgi.errors": BytesIO(),
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }

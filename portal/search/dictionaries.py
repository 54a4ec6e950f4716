"""The dictionaries of simplemma, in a file that all processes of a server read.

As Python objects the five languages take 40 MB of every server. Here they lie in a file without a name, of which a
look-up reads a few hundred bytes: a process forked later has the file too, and the system keeps what is read often.
Mapped into memory instead, each process soon had all 18 MB of it, for the system maps far more than is looked at.
"""

import os
import tempfile
from array import array
from bisect import bisect_right
from functools import lru_cache

from simplemma.strategies.dictionaries import frontcode
from simplemma.strategies.dictionaries.dictionary_factory import (
    DecodedStrMapping,
    DictionaryFactory,
    _read_decompressed,
)

BLOCK = 32  # words that one look-up may have to read
STRIDE = 64  # blocks of which one is known without looking into the file


class Dictionary(DecodedStrMapping):
    """{form: dictionary form}. The stream of simplemma, and where every 32nd word begins, with what it continues."""

    __slots__ = ("_count", "_file", "_firsts", "_is_reversed", "_longest", "_seeds", "_start", "_starts")

    def __init__(self, language):
        stream = _read_decompressed(language)
        self._is_reversed, self._count, self._start = frontcode._read_header(stream)
        self._starts, self._seeds = array("I"), array("I", [len(stream)])  # where a block begins; where its seed does
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 – open as long as the dictionary is there
        self._file.write(stream)
        key, value, self._longest, self._firsts = b"", b"", 0, []
        for place, (start, next_key, next_value) in enumerate(frontcode._iter_records(stream, self._start)):
            if place % BLOCK == 0:
                self._starts.append(start)
                # The first word of the block; then the word before it and what that one stands for.
                seed = b"\0".join((next_key, key, value))
                self._file.write(seed)
                self._seeds.append(self._seeds[-1] + len(seed))
                if place % (BLOCK * STRIDE) == 0:
                    self._firsts.append(next_key)
            key, value = next_key, next_value
            self._longest = max(self._longest, len(key))
        self._file.flush()

    def _read(self, begin, end):
        """By place: threads, and processes forked later, share where an open file stands."""
        return os.pread(self._file.fileno(), end - begin, begin)

    def _seed(self, block):
        return self._read(self._seeds[block], self._seeds[block + 1]).split(b"\0")

    def _first(self, block):
        return self._seed(block)[0]

    def _lookup(self, key):
        wanted = key.encode()[::-1] if self._is_reversed else key.encode()
        low = (bisect_right(self._firsts, wanted) - 1) * STRIDE
        if low < 0 or len(wanted) > self._longest:
            return None
        blocks = range(low, min(low + STRIDE, len(self._starts)))
        block = low + bisect_right(blocks, wanted, key=self._first) - 1
        begin = self._starts[block]
        end = self._starts[block + 1] if block + 1 < len(self._starts) else self._seeds[0]
        _first, before, value = self._seed(block)
        for _start, found, meant in frontcode._iter_records(self._read(begin, end), 0, before, value):
            if found == wanted:
                return (meant[::-1] if self._is_reversed else meant).decode()
            if found > wanted:
                return None
        return None

    def __iter__(self):
        for _start, key, _value in frontcode._iter_records(self._read(0, self._seeds[0]), self._start):
            yield (key[::-1] if self._is_reversed else key).decode()

    def __len__(self):
        return self._count


class Dictionaries(DictionaryFactory):
    @lru_cache(8)  # noqa: B019 – there is one of it
    def get_dictionary(self, lang):
        return Dictionary(lang)

"""Dictionaries outside a process's own memory: in a file without a name, of which each process maps what it touches.

simplemma holds a dictionary as one text and, for each 32 words, where to begin to read it: forty megabytes for
five languages, of which a portal in one language looks at a few.
"""

import mmap
from array import array
from tempfile import TemporaryFile

PARTS = ("_data", "_firsts", "_blocks")  # of simplemma's StreamMap


def move_out(dictionary):
    """Lets a dictionary of simplemma read from a file what it held in memory; True when it was one that can."""
    if not all(hasattr(dictionary, name) for name in PARTS) or isinstance(dictionary._data, mmap.mmap):
        return False
    beginnings = _Beginnings(dictionary._firsts, dictionary._blocks)
    for name, value in zip(PARTS, (_mapped(dictionary._data), beginnings.firsts, beginnings), strict=True):
        setattr(dictionary, name, value)
    return True


def _mapped(content):
    with TemporaryFile() as file:
        file.write(content)
        file.flush()
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


class _Beginnings:
    """Where each block begins, and the word and the lemma before it: what `_blocks` was a list of."""

    def __init__(self, firsts, blocks):
        words = [
            word for first, (_place, key, value) in zip(firsts, blocks, strict=True) for word in (first, key, value)
        ]
        self.places = array("I", [place for place, _key, _value in blocks])
        self.ends = array("I", [0])
        for word in words:
            self.ends.append(self.ends[-1] + len(word))
        self.texts = _mapped(b"".join(words))
        self.firsts = _Firsts(self)

    def word(self, number):
        return self.texts[self.ends[number] : self.ends[number + 1]]

    def __getitem__(self, block):
        return self.places[block], self.word(3 * block + 1), self.word(3 * block + 2)


class _Firsts:
    """The first word of each block, in order: what `_firsts` was a list of."""

    def __init__(self, beginnings):
        self._beginnings = beginnings

    def __len__(self):
        return len(self._beginnings.places)

    def __getitem__(self, block):
        return self._beginnings.word(3 * block)

"""Sets of programme numbers in which `&` and `|` cost next to nothing: one bit a programme, in blocks of 16384.

Blocks without any bit are not there, so a set costs what it holds, and numbers may have gaps. A set is
never changed: who reads one while another thread takes in an edit sees it as it was.
"""

from itertools import accumulate, compress, islice

SHIFT = 14
BLOCK = 1 << SHIFT
_FLAGS = bytes.maketrans(b"01", b"\x00\x01")
_LINES = bytes.maketrans(b"01", b" \n")
_SPARSE = 16  # bits in a block up to which picking them one by one is faster
FEW = 30  # numbers that are set one by one
_DENSE = BLOCK // 3  # from so many on it is faster to look at every place


class Bits(dict):
    """{block: whole number with one bit per programme}; the bit of a programme is its primary key."""

    __slots__ = ()

    @classmethod
    def of(cls, numbers):
        """The set of these programme numbers."""
        numbers = list(numbers)
        if not numbers:
            return cls()
        blocks = (max(numbers) >> SHIFT) + 1
        if len(numbers) <= FEW + 2 * blocks:
            found = cls()
            for number in numbers:
                found[number >> SHIFT] = found.get(number >> SHIFT, 0) | 1 << (number & (BLOCK - 1))
            return found
        flat = bytearray(blocks * (BLOCK >> 3))  # each step above makes a number of two kilobytes, each below a byte
        for number in numbers:
            flat[number >> 3] |= 1 << (number & 7)
        size = BLOCK >> 3
        values = (int.from_bytes(flat[block * size : (block + 1) * size], "little") for block in range(blocks))
        return cls((block, value) for block, value in enumerate(values) if value)

    def __and__(self, other):
        if len(other) < len(self):
            self, other = other, self
        get = other.get
        return Bits({block: both for block, value in self.items() if (both := value & get(block, 0))})

    def __or__(self, other):
        found = Bits(self)
        for block, value in other.items():
            found[block] = found.get(block, 0) | value
        return found

    def __ior__(self, other):  # a dictionary's own would change it in place
        return self | other

    def __sub__(self, other):
        found = Bits(self)
        for block, value in other.items():
            if block in found:
                if rest := found[block] & ~value:
                    found[block] = rest
                else:
                    del found[block]
        return found

    def with_(self, number):
        return self | Bits({number >> SHIFT: 1 << (number & (BLOCK - 1))})

    def without(self, number):
        return self - Bits({number >> SHIFT: 1 << (number & (BLOCK - 1))})

    @classmethod
    def packed(cls, numbers):
        """The set, where it is smaller than the numbers are; else these."""
        return bits if len(numbers) > 500 and (bits := cls.of(numbers)).weight < 4 * len(numbers) else numbers

    @property
    def weight(self):
        """About how many bytes it takes."""
        return 200 + 100 * len(self) + sum(value.bit_length() for value in self.values()) // 7

    def has(self, number):
        return self.get(number >> SHIFT, 0) >> (number & (BLOCK - 1)) & 1

    def count(self):
        return sum(map(int.bit_count, self.values()))

    def count_with(self, other):
        """How many are in both: `(self & other).count()` without making that set."""
        if len(other) < len(self):
            self, other = other, self
        get = other.get
        return sum([(value & get(block, 0)).bit_count() for block, value in self.items()])

    def flags(self, size=0):
        """Bytes of 0 and 1 by programme number, at least `size`: where many numbers are asked one by one."""
        size = max(size, (max(self, default=-1) + 1) << SHIFT)
        found = bytearray(size)
        for block, value in self.items():
            flags = _digits(value, _FLAGS)
            found[block << SHIFT : (block << SHIFT) + len(flags)] = flags
        return found

    def numbers(self):
        """[programme number], ascending."""
        found = []
        for block in sorted(self):
            first, value = block << SHIFT, self[block]
            count = value.bit_count()
            if count <= _SPARSE:
                while value:
                    lowest = value & -value
                    found.append(first + lowest.bit_length() - 1)
                    value ^= lowest
            elif count >= _DENSE:
                flags = _digits(value, _FLAGS)
                found += compress(range(first, first + len(flags)), flags)
            else:  # the lengths of the lines are the steps from one to the next
                lines = map(len, _digits(value, _LINES).splitlines(True))
                found += islice(accumulate(lines, initial=first - 1), 1, None)
        return found


def _digits(value, table):
    """The binary digits, the lowest first, as bytes that stand for 0 and 1 in the `table`."""
    return bin(value)[:1:-1].encode().translate(table)


NOTHING = Bits()


def union(sets):
    """All that is in any of the sets; of a single one, itself."""
    sets = list(sets)
    if len(sets) == 1:
        return sets[0]
    found = Bits()
    for bits in sets:
        for block, value in bits.items():
            found[block] = found.get(block, 0) | value
    return found

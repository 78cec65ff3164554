#!/usr/bin/env python3
"""Prints a transaction log as text: a second reader, made from core/TXLOG.md alone.

usage: txlog_reader.py FILE

It checks every CRC, every number and, if the log starts from the empty state, every digest. The
first fault ends it with a message and exit status 1.
"""

import sys
import zlib

SECTOR = 512
MASK = (1 << 64) - 1
COMMITTED, REJECTED, FAILED = 1, 2, 3
END, EVENT, CREATED, UPDATED, DELETED, CREATED_AND_DELETED = range(6)


class Fault(Exception):
    """The bytes are no log. The message says where and why."""


class Fields:
    """Bytes that are read from the start to the end."""

    def __init__(self, data, start, end):
        self.data, self.at, self.end = data, start, end

    def bytes(self, length, name):
        if length > self.end - self.at:
            raise Fault(f"byte {self.at}: {name} takes {length} bytes, {self.end - self.at} are left")
        self.at += length
        return self.data[self.at - length : self.at]

    def number(self, length, name):
        return int.from_bytes(self.bytes(length, name), "little")

    def sized(self, name):
        return self.bytes(self.number(4, f"length of {name}"), name)

    def text(self, name):
        return self.sized(name).decode("utf-8")

    def nested(self, name):
        """The sized bytes that come next, as fields."""
        length = self.number(4, f"length of {name}")
        start = self.at
        self.bytes(length, name)
        return Fields(self.data, start, self.at)

    def finish(self, name):
        if self.at != self.end:
            raise Fault(f"byte {self.at}: {self.end - self.at} bytes follow the {name}")


def check_crc(covered, stated, name, at):
    computed = zlib.crc32(covered)
    if computed != stated:
        raise Fault(f"byte {at}: {name} has CRC {computed:08x}, but {stated:08x} is stated")


class State:
    """Records and next sys_ids, as far as the digest needs them."""

    def __init__(self):
        self.records, self.next, self.digest = {}, {}, 0

    def set(self, key, data):
        """Gives a record other data; None is no record."""
        old = self.records.pop(key, None)
        if old is not None:
            self.digest -= hash_record(*key, old)
        if data is not None:
            self.records[key] = data
            self.digest += hash_record(*key, data)
        self.digest %= 1 << 128

    def count(self, kind, sys_id):
        """A record was created: its sys_id was the next one."""
        expected = self.next.get(kind, 1)
        if sys_id != expected:
            raise Fault(f"a record of kind {kind} is created as {sys_id}, but {expected} is next")
        self.count_up_to(kind, sys_id + 1)

    def count_up_to(self, kind, following):
        """Raises the next sys_id of a kind."""
        before = self.next.get(kind, 1)
        self.next[kind] = following
        if before > 1:
            self.digest -= hash_record(kind, 0, before.to_bytes(8, "little"))
        self.digest += hash_record(kind, 0, following.to_bytes(8, "little"))
        self.digest %= 1 << 128


def hash_record(kind, sys_id, data):
    k = sys_id ^ (kind << 56)
    low = xxh64(data, k * 0x9E3779B97F4A7C15 & MASK)
    high = xxh64(data, k * 0xC2B2AE3D27D4EB4F & MASK)
    return low + (high << 64)


P1, P2, P3, P4, P5 = (
    0x9E3779B185EBCA87,
    0xC2B2AE3D27D4EB4F,
    0x165667B19E3779F9,
    0x85EBCA77C2B2AE63,
    0x27D4EB2F165667C5,
)


def rotate(value, bits):
    return (value << bits | value >> (64 - bits)) & MASK


def xxh64_round(lane, word):
    return rotate((lane + word * P2) & MASK, 31) * P1 & MASK


def xxh64(data, seed):
    words = [int.from_bytes(data[at : at + 8], "little") for at in range(0, len(data) - 7, 8)]
    if len(data) >= 32:
        lanes = [(seed + P1 + P2) & MASK, (seed + P2) & MASK, seed, (seed - P1) & MASK]
        blocks = len(data) // 32 * 4
        for position, word in enumerate(words[:blocks]):
            lanes[position % 4] = xxh64_round(lanes[position % 4], word)
        words = words[blocks:]
        value = sum(rotate(lane, bits) for lane, bits in zip(lanes, (1, 7, 12, 18))) & MASK
        for lane in lanes:
            value = ((value ^ xxh64_round(0, lane)) * P1 + P4) & MASK
    else:
        value = (seed + P5) & MASK
    value = (value + len(data)) & MASK
    for word in words:
        value = (rotate(value ^ xxh64_round(0, word), 27) * P1 + P4) & MASK
    rest = data[len(data) // 8 * 8 :]
    if len(rest) >= 4:
        word = int.from_bytes(rest[:4], "little")
        value = (rotate(value ^ (word * P1 & MASK), 23) * P2 + P3) & MASK
        rest = rest[4:]
    for byte in rest:
        value = rotate(value ^ (byte * P5 & MASK), 11) * P1 & MASK
    value = (value ^ value >> 33) * P2 & MASK
    value = (value ^ value >> 29) * P3 & MASK
    return value ^ value >> 32


COPY, NUMBER, BOOL, FIXED_BYTES, TABLE, CONSTANT, ZERO = range(1, 8)


class RecordRules:
    """The rules of a migration for the records of one kind."""

    def __init__(self, fields):
        self.old_kind, self.new_kind = (fields.number(1, "kind") for _ in range(2))
        self.old_size, self.new_size = (fields.number(4, "data size") for _ in range(2))
        count = fields.number(4, "number of steps")
        self.steps = [self.read_step(fields) for _ in range(count)]

    def read_step(self, fields):
        def word():
            return fields.number(4, "offset or size")

        def integer():
            offset, size, signed = word(), fields.number(1, "size"), fields.number(1, "sign")
            if size not in (1, 2, 4, 8, 16) or signed > 1:
                raise Fault(f"byte {fields.at}: this is no form of an integer")
            return offset, size, bool(signed)

        tag = fields.number(1, "step")
        if tag == COPY:
            return tag, word(), word(), word()
        if tag == NUMBER:
            return tag, integer(), integer()
        if tag == BOOL:
            return tag, word(), integer()
        if tag == FIXED_BYTES:
            return tag, word(), word(), word(), word()
        if tag == TABLE:
            start, to, count = word(), word(), word()
            pairs = fields.bytes(2 * count, "pairs")
            return tag, start, to, dict(zip(pairs[::2], pairs[1::2]))
        if tag == CONSTANT:
            return tag, word(), fields.sized("constant")
        if tag == ZERO:
            return tag, word(), word()
        raise Fault(f"byte {fields.at - 1}: step {tag} is unknown")

    def convert(self, old):
        if len(old) != self.old_size:
            raise Fault(f"a record of kind {self.old_kind} has {len(old)} bytes")
        new = bytearray(self.new_size)
        for tag, *step in self.steps:
            to, data = self.carry_out(tag, step, old)
            if to + len(data) > len(new):
                raise Fault("a step of a migration reaches beyond its record")
            new[to : to + len(data)] = data
        return bytes(new)

    def carry_out(self, tag, step, old):
        """The place and the bytes that a step writes."""
        if tag == COPY:
            start, to, size = step
            return to, old[start : start + size]
        if tag == NUMBER:
            (start, size, signed), to = step
            return encode(int.from_bytes(old[start : start + size], "little", signed=signed), to)
        if tag == BOOL:
            return encode(int(old[step[0]] != 0), step[1])
        if tag == FIXED_BYTES:
            start, size, to, new_size = step
            length = int.from_bytes(old[start : start + 2], "little") + 2
            if length > min(size, new_size):
                raise Fault(f"{length - 2} bytes do not fit")
            return to, old[start : start + length]
        if tag == TABLE:
            start, to, pairs = step
            if old[start] not in pairs:
                raise Fault(f"there is no value for {old[start]}")
            return to, bytes([pairs[old[start]]])
        if tag == CONSTANT:
            return step
        start, size = step
        if any(old[start : start + size]):
            raise Fault("bytes that must be zero are not")
        return 0, b""


def encode(value, integer):
    to, size, signed = integer
    try:
        return to, value.to_bytes(size, "little", signed=signed)
    except OverflowError:
        raise Fault(f"{value} does not fit into {size} bytes") from None


def migrate(old, kinds):
    """The converted state."""
    new = State()
    for rules in kinds:
        for (kind, sys_id), data in old.records.items():
            if kind == rules.old_kind:
                new.set((rules.new_kind, sys_id), rules.convert(data))
        if old.next.get(rules.old_kind, 1) > 1:
            new.count_up_to(rules.new_kind, old.next[rules.old_kind])
    return new


class Reader:
    """Reads one segment."""

    def __init__(self, data, out):
        self.data, self.out = data, out
        self.fields = Fields(data, 0, len(data))
        self.state = None
        self.read_header()

    def read_header(self):
        fields = self.fields
        if fields.bytes(8, "magic") != b"SVTXLOG\0":
            raise Fault("this is no transaction log")
        version = fields.number(2, "format version")
        if version != 1:
            raise Fault(f"the log has format version {version}, and version 1 is known")
        self.alignment = fields.number(2, "alignment")
        if self.alignment not in (1, SECTOR):
            raise Fault(f"byte 10: {self.alignment} is no alignment")
        length = fields.number(4, "header length")
        if not 188 <= length <= min(16778613, len(self.data)):
            raise Fault(f"byte 12: a header of {length} bytes is impossible here")
        self.previous = int.from_bytes(self.data[length - 4 : length], "little")
        check_crc(self.data[: length - 4], self.previous, "the segment header", 0)
        header = Fields(self.data, 16, length - 4)
        self.next_entry = header.number(8, "first entry")
        if self.next_entry == 0:
            raise Fault("byte 16: entries count from 1")
        tx_seq = header.number(8, "tx_seq")
        ext_seq = header.number(8, "ext_seq")
        digest = header.number(16, "digest")
        previous = header.number(4, "previous CRC")
        abi_version = header.number(4, "ABI version")
        major, minor = header.bytes(2, "schema version")
        mark = header.bytes(2, "mark")
        if mark not in (b"\0\0", b"\1\0"):
            raise Fault("byte 66: the mark is unknown")
        last = ext_seq if mark[0] else "none"
        prints = [header.bytes(16, "fingerprint").hex() for _ in range(4)]
        name = header.text("plugin name")
        self.out(f"segment {name} abi {abi_version} schema {major}.{minor} entry {self.next_entry}")
        self.out(f"  tx_seq {tx_seq} ext_seq {last} digest {digest:032x} previous {previous:08x}")
        self.out(f"  fingerprints {' '.join(prints)}")
        self.read_environment(header)
        header.finish("segment header")
        if (digest, tx_seq, self.next_entry) == (0, 0, 1):
            self.state = State()
        self.fields = Fields(self.data, length, len(self.data))
        self.skip_padding()

    def read_environment(self, fields):
        sha256 = fields.bytes(32, "SHA-256").hex()
        records = fields.number(4, "limit of records")
        size = fields.number(8, "limit of bytes")
        config = fields.sized("configuration")
        config.decode("utf-8")
        self.out(f"  plugin {sha256} limits {records} {size} config {config.hex()}")
        if fields.at == fields.end:
            return
        mark = fields.number(1, "mark of limits")
        if mark != 1:
            raise Fault(f"byte {fields.at - 1}: the mark of limits is {mark}, and 1 is known")
        kinds = " ".join(fields.bytes(32, "kinds").hex() for _ in range(5))
        budgets = " ".join(str(fields.number(8, "budget")) for _ in range(3))
        self.out(f"  plugin may {kinds} budgets {budgets}")

    def skip_padding(self):
        start = self.fields.at
        if any(self.fields.bytes(-start % self.alignment, "padding")):
            raise Fault(f"byte {start}: the padding is not zero")

    def read_frames(self):
        while any(self.data[self.fields.at :]):
            self.read_frame()

    def read_frame(self):
        start = self.fields.at
        header = self.fields.bytes(40, "frame header")
        if header[:4] != b"TXFR":
            raise Fault(f"byte {start}: this is no frame")
        length, payload_crc, count = (
            int.from_bytes(header[at : at + 4], "little") for at in (4, 8, 12)
        )
        first, durable = (int.from_bytes(header[at : at + 8], "little") for at in (16, 24))
        previous, own = (int.from_bytes(header[at : at + 4], "little") for at in (32, 36))
        check_crc(header[:36], own, "the frame header", start)
        if (previous, first) != (self.previous, self.next_entry):
            raise Fault(f"byte {start}: the frame does not continue the log")
        if durable >= first:
            raise Fault(f"byte {start}: entry {durable} was durable before entry {first}")
        payload = Fields(self.data, self.fields.at, self.fields.at + length)
        check_crc(self.fields.bytes(length, "payload"), payload_crc, "the payload", start)
        for _ in range(count):
            self.read_entry(payload)
        payload.finish("last entry")
        self.skip_padding()
        self.previous = own

    def read_entry(self, payload):
        start = payload.at
        fields = payload.nested("entry")
        kind = fields.number(1, "entry kind")
        number = fields.number(8, "entry number")
        if number != self.next_entry:
            raise Fault(f"byte {start}: entry {number} stands where {self.next_entry} belongs")
        if kind == 1:
            self.read_transaction(number, fields)
        elif kind == 2:
            self.out(f"{number} environment")
            self.read_environment(fields)
        elif kind == 3:
            self.read_migration(number, fields)
        else:
            raise Fault(f"byte {start}: entry kind {kind} is unknown")
        fields.finish("entry")
        self.next_entry += 1

    def read_transaction(self, number, fields):
        ext_seq = fields.number(8, "ext_seq")
        time = fields.number(8, "reference time")
        kind = fields.number(1, "command kind")
        payload = fields.sized("command payload").hex()
        self.out(f"{number} transaction {ext_seq} {time} command {kind} {payload}")
        outcome = fields.number(1, "outcome")
        if outcome == COMMITTED:
            self.out(f"  committed {fields.number(8, 'tx_seq')}")
        elif outcome in (REJECTED, FAILED):
            kind = fields.number(2, "error kind")
            name = "rejected" if outcome == REJECTED else "failed"
            self.out(f"  {name} {kind} {fields.sized('error text').hex()}")
        else:
            raise Fault(f"byte {fields.at - 1}: outcome {outcome} is unknown")
        self.read_items(fields)
        digest = fields.number(16, "digest")
        self.out(f"  digest {digest:032x}")
        if self.state is not None and digest != self.state.digest:
            raise Fault(f"entry {number}: the records have digest {self.state.digest:032x}")

    def read_migration(self, number, fields):
        abi_version = fields.number(4, "ABI version")
        major, minor = fields.bytes(2, "schema version")
        prints = [fields.bytes(16, "fingerprint").hex() for _ in range(4)]
        self.out(f"{number} migration abi {abi_version} schema {major}.{minor}")
        self.out(f"  fingerprints {' '.join(prints)}")
        rules = fields.nested("rules")
        self.out(f"  rules {rules.data[rules.at : rules.end].hex()}")
        kinds = [RecordRules(rules) for _ in range(rules.number(1, "number of kinds"))]
        rules.finish("rules")
        if self.state is not None:
            self.state = migrate(self.state, kinds)
        digest = fields.number(16, "digest")
        self.out(f"  digest {digest:032x}")
        if self.state is not None and digest != self.state.digest:
            raise Fault(f"entry {number}: the records have digest {self.state.digest:032x}")
        self.read_environment(fields)

    def read_items(self, fields):
        changed = False
        while True:
            tag = fields.number(1, "item")
            if tag == END:
                return
            if tag == EVENT:
                if changed:
                    raise Fault(f"byte {fields.at - 1}: an event follows a change")
                kind = fields.number(1, "event kind")
                self.out(f"  event {kind} {fields.sized('event').hex()}")
                continue
            changed = True
            if tag not in (CREATED, UPDATED, DELETED, CREATED_AND_DELETED):
                raise Fault(f"byte {fields.at - 1}: item {tag} is unknown")
            key = (fields.number(1, "record kind"), fields.number(8, "sys_id"))
            self.read_change(tag, key, fields)

    def read_change(self, tag, key, fields):
        name = f"{key[0]} {key[1]}"
        if tag == CREATED:
            data = fields.sized("record")
            self.out(f"  created {name} {data.hex()}")
            if self.state is not None:
                self.state.count(*key)
                self.state.set(key, data)
        elif tag == UPDATED:
            offset = fields.number(4, "offset")
            new = fields.sized("changed bytes")
            self.out(f"  updated {name} {offset} {new.hex()}")
            if self.state is not None:
                old = self.state.records.get(key)
                if old is None or offset + len(new) > len(old):
                    raise Fault(f"record {name} has no such bytes to be updated")
                self.state.set(key, old[:offset] + new + old[offset + len(new) :])
        elif tag == DELETED:
            self.out(f"  deleted {name}")
            if self.state is not None:
                self.state.set(key, None)
        else:
            self.out(f"  created and deleted {name}")
            if self.state is not None:
                self.state.count(*key)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1], "rb") as file:
        data = file.read()
    try:
        Reader(data, print).read_frames()
    except (Fault, UnicodeDecodeError) as fault:
        sys.exit(f"{sys.argv[1]}: {fault}")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Checks a file of "countersign ledger export" or "countersign ledger prove".

    python3 tools/check_ledger.py FILE [--policy POLICY] [--checkpoint CHECKPOINT]

It needs Python 3.8 and nothing else. It was written from docs/ledger.md and from the specifications alone (RFC 6962, RFC 8032, C2SP
signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof, tlog-policy), and shares no code with the product: where the two do not agree,
one of them is wrong. It prints one JSON object. Exit status: 0 intact, 1 broken or too few witnesses, 2 wrong use.
"""

import argparse
import base64
import hashlib
import json
import re
import sys


class Broken(Exception):
    """The ledger is not what it says that it is. `seq` is the place of the entry, or None."""

    def __init__(self, reason, seq=None):
        super().__init__(reason)
        self.seq = seq


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


# Ed25519 (RFC 8032), verification alone. Slow, and short enough to read.

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def add(p, q):
    """Adds points in extended coordinates (RFC 8032, section 5.1.4)."""
    (x1, y1, z1, t1), (x2, y2, z2, t2) = p, q
    a, b = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    c, d = 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar > 0:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def point_in(data):
    """Decodes a point (RFC 8032, section 5.1.3); None: it is none."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P != 0:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P != 0 or (x == 0 and sign == 1):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = point_in(bytes.fromhex("5866666666666666666666666666666666666666666666666666666666666666"))


def is_signature(signature, message, key):
    if len(signature) != 64 or len(key) != 32:
        return False
    r, a, s = point_in(signature[:32]), point_in(key), int.from_bytes(signature[32:], "little")
    if r is None or a is None or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    (x1, y1, z1, _), (x2, y2, z2, _) = multiply(s, BASE), add(r, multiply(k, a))
    return (x1 * z2 - x2 * z1) % P == 0 and (y1 * z2 - y2 * z1) % P == 0


# Signed notes and checkpoints (C2SP).


def decoded(text):
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return data if base64.b64encode(data).decode() == text else None


def key_in(vkey, kind):
    """Reads a verifier key of this type; None: it is none."""
    match = re.fullmatch(r"([^+\s]+)\+([0-9a-f]{8})\+(\S+)", vkey)
    data = match and decoded(match[3])
    if not data or len(data) != 33 or data[0] != kind:
        return None
    key_id = sha256(match[1].encode(), b"\n", data)[:4]
    return {"name": match[1], "id": key_id, "key": data[1:]} if key_id.hex() == match[2] else None


def note_in(text):
    """Splits a note into its text and its signatures."""
    end = text.rfind("\n\n")
    if end < 0 or not text.endswith("\n") or re.search(r"[\x00-\x09\x0b-\x1f]", text):
        raise Broken("the checkpoint is no signed note")
    signatures = []
    for line in text[end + 2 : -1].split("\n"):
        match = re.fullmatch("— (\\S+) (\\S+)", line)
        data = match and decoded(match[2])
        if not data or len(data) <= 4:
            raise Broken("the checkpoint has a line that is no signature")
        signatures.append((match[1], data[:4], data[4:]))
    return text[: end + 1], signatures


def is_signed(text, signatures, key):
    """Whether the key signed; raises where a signature that names it does not verify."""
    claimed = [data for name, key_id, data in signatures if (name, key_id) == (key["name"], key["id"])]
    if not all(is_signature(data, text.encode(), key["key"]) for data in claimed):
        raise Broken("the checkpoint's signature is not that of its log")
    return len(claimed) > 0


def is_cosigned(text, signatures, key):
    claimed = [data for name, key_id, data in signatures if (name, key_id) == (key["name"], key["id"])]
    for data in claimed:
        time = int.from_bytes(data[:8], "big")
        message = f"cosignature/v1\ntime {time}\n{text}".encode()
        if len(data) != 72 or not is_signature(data[8:], message, key["key"]):
            raise Broken(f"the cosignature of {key['name']} is forged")
    return len(claimed) > 0


NOTE = re.compile("^[^\n]+\n\\d+\n[A-Za-z0-9+/]{43}=\n(?:[^\n]+\n)*\n(?:— \\S+ \\S+\n)+", re.MULTILINE)


def notes_in(file):
    """The checkpoints in a file that somebody kept: one, many behind each other, or a mail that carries one."""
    with open(file, "rb") as opened:
        data = opened.read()
    for part in [data] if NOTE.search(text_in(data)) else parts_of_mail(data):
        notes = NOTE.findall(text_in(part))
        if notes:
            return list(dict.fromkeys(notes))
    return [data.decode("utf-8", "replace")]


def parts_of_mail(data):
    import email  # It is large, and seldom needed.

    return [part.get_payload(decode=True) or b"" for part in email.message_from_bytes(data).walk()]


def text_in(data):
    return data.decode("utf-8", "replace").replace("\r\n", "\n")


def open_checkpoint(note, logs, policy):
    text, signatures = note_in(note)
    lines = text[:-1].split("\n")
    root = decoded(lines[2]) if len(lines) >= 3 else None
    if root is None or len(root) != 32 or not lines[0] or not re.fullmatch(r"0|[1-9]\d{0,15}", lines[1]):
        raise Broken("the checkpoint does not say name, size and root")
    if not any([is_signed(text, signatures, key) for key in logs if key["name"] == lines[0]]):
        raise Broken("the checkpoint is not signed by a key of the log that is trusted")
    seen = [name for name, key in policy["witnesses"].items() if is_cosigned(text, signatures, key)]
    return {"size": int(lines[1]), "root": root, "note": note, "seen": seen, "enough": policy["enough"](seen)}


def policy_in(text):
    """Reads a policy (C2SP tlog-policy). `enough` says of witnesses whether they are as many as it asks for."""
    logs, witnesses, meaning, quorum = [], {}, {"none": lambda seen: True}, None
    for number, line in enumerate(text.split("\n"), 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0] == "log" and key_in(words[1], 1):
            logs.append(key_in(words[1], 1))
        elif words[0] == "witness" and key_in(words[2], 4):
            witnesses[words[1]] = key_in(words[2], 4)
            meaning[words[1]] = lambda seen, name=words[1]: name in seen
        elif words[0] == "group":
            members = [meaning[name] for name in words[3:]]
            count = {"any": 1, "all": len(members)}.get(words[2]) or int(words[2])
            meaning[words[1]] = lambda seen, members=members, count=count: sum(m(seen) for m in members) >= count
        elif words[0] == "quorum" and quorum is None:
            quorum = meaning[words[1]]
        else:
            raise SystemExit(f"line {number} of the policy cannot be read")
    return {"logs": logs, "witnesses": witnesses, "enough": quorum}


# The tree (RFC 6962).


class Tree:
    """The roots of the perfect subtrees, each with its number of leaves."""

    def __init__(self):
        self.size = 0
        self.parts = []

    def add(self, leaf):
        self.size += 1
        self.parts.append((1, leaf))
        while len(self.parts) > 1 and self.parts[-1][0] == self.parts[-2][0]:
            (count, right), (_, left) = self.parts.pop(), self.parts.pop()
            self.parts.append((2 * count, sha256(b"\x01", left, right)))

    def root(self):
        parts = [root for _, root in self.parts]
        while len(parts) > 1:
            right, left = parts.pop(), parts.pop()
            parts.append(sha256(b"\x01", left, right))
        return parts[0] if parts else sha256(b"")


def root_by(index, size, leaf, path):
    """The root that a proof leads to: RFC 6962, section 2.1.1, read from the leaf up; None: it has not the right length."""
    if size == 1:
        return leaf if not path else None
    if not path:
        return None
    split = 1
    while split * 2 < size:
        split *= 2
    if index < split:
        left = root_by(index, split, leaf, path[:-1])
        return left and sha256(b"\x01", left, path[-1])
    right = root_by(index - split, size - split, leaf, path[:-1])
    return right and sha256(b"\x01", path[-1], right)


# Entries (docs/ledger.md).

MEMBERS = ["actionId", "at", "commitment", "eventId", "hash", "kind", "previousHash", "seq"]
TEXTS = [name for name in MEMBERS if name not in ("at", "seq")]


def canonical(value):
    """RFC 8785 of what an entry is made of: texts and whole numbers, with names in ASCII."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def entry_in(line, seq):
    """Reads a line, and checks what it says of itself."""
    try:
        row = json.loads(line)
        leaf, payload = row["entry"], row["payload"]
        entry = json.loads(leaf)
        names = MEMBERS if "commitment" in entry else [name for name in MEMBERS if name != "commitment"]
        whole = set(row) <= {"entry", "payload", "proof"} and list(entry) == names and canonical(entry) == leaf
        whole = whole and all(type(entry[name]) is str for name in TEXTS if name in entry)
        whole = whole and type(entry["at"]) is int and type(entry["seq"]) is int
        # A text that has no UTF-8 was never hashed.
        f"{leaf}{payload}".encode()
    except (ValueError, KeyError, TypeError):
        whole = False
    if not whole or not (payload is None or isinstance(payload, str)):
        raise Broken(f"the line after entry {seq - 1} is not an entry as it was written")
    salt, body = None, None
    if payload is not None:
        match = re.fullmatch(r'\{"body":(.*?)(?:,"salt":"([0-9a-f]{32})")?\}', payload, re.DOTALL)
        if not match or not is_json(match[1]) or (match[2] is None) != ("commitment" not in entry):
            raise Broken(f"the line after entry {seq - 1} is not an entry as it was written")
        body, salt = match[1], match[2]
    elif "commitment" not in entry:
        raise Broken(f"the line after entry {seq - 1} is not an entry as it was written")
    return row, entry, body, salt


def is_json(text):
    try:
        json.loads(text, parse_constant=refuse)
    except ValueError:
        return False
    return True


def refuse(constant):
    raise ValueError(f"{constant} is not JSON")


def check_entry(entry, body, salt):
    """Whether an entry has the hash that it says, and was written with this body."""
    covered = {name: value for name, value in entry.items() if name != "hash"}
    text = canonical(covered)
    if "commitment" not in entry:
        text = text.replace(',"eventId":', f',"body":{body},"eventId":', 1) if body_goes_there(text) else ""
    if sha256(text.encode()).hex() != entry["hash"]:
        raise Broken("its content does not have its hash", entry["seq"])
    if salt is not None and sha256(bytes.fromhex(salt), body.encode()).hex() != entry["commitment"]:
        raise Broken("its body is not the one that it was written with", entry["seq"])


def body_goes_there(text):
    """Before salts the hash was over the body too, between `at` and `eventId`. A text cannot hide there: a quote in one is escaped."""
    return re.match(r'\{"actionId":"(?:[^"\\]|\\.)*","at":\d+,"eventId":', text) is not None


def check_ledger(lines, anchors):
    tree, previous, erased = Tree(), "0" * 64, 0
    at = {}
    for anchor in anchors:
        at.setdefault(anchor["size"], []).append(anchor)
    for line in lines:
        seq = tree.size + 1
        _, entry, body, salt = entry_in(line, seq)
        if entry["seq"] != seq:
            raise Broken(f"entry {entry['seq']} follows entry {seq - 1}", seq)
        if entry["previousHash"] != previous:
            raise Broken("it does not name the hash of the entry before it", seq)
        check_entry(entry, body, salt)
        tree.add(sha256(b"\x00", canonical(entry).encode()))
        previous, erased = entry["hash"], erased + (body is None)
        for anchor in at.get(tree.size, []):
            if anchor["root"] != tree.root():
                raise Broken(f"the first {tree.size} entries are not those of a checkpoint that was signed")
    if any(anchor["size"] > tree.size for anchor in anchors):
        raise Broken(f"it ends after {tree.size} entries: its tail was cut")
    return {"entries": tree.size, "erased": erased}


def check_proof(lines, subject, anchors):
    last, count, erased = 0, 0, 0
    for line in lines:
        row, entry, body, salt = entry_in(line, last + 1)
        seq = entry["seq"]
        if entry["actionId"] != subject:
            raise Broken(f"it is not about {subject}", seq)
        if seq <= last:
            raise Broken(f"it stands behind entry {last}", seq)
        check_entry(entry, body, salt)
        check_inclusion(row.get("proof"), seq, sha256(b"\x00", canonical(entry).encode()), anchors)
        last, count, erased = seq, count + 1, erased + (body is None)
    if count == 0 or not anchors:
        raise Broken("it proves nothing: it has no entry, or no checkpoint")
    size, root = anchors[0]["size"], anchors[0]["root"]
    if any(other["size"] == size and other["root"] != root for other in anchors):
        raise Broken("two histories: the log signed another checkpoint of this size")
    return {"entries": count, "erased": erased}


def check_inclusion(proof, seq, leaf, anchors):
    head, _, note = (proof or "").partition("\n\n")
    lines = head.split("\n")
    if not anchors or lines[0] != "c2sp.org/tlog-proof@v1" or lines[1:2] != [f"index {seq - 1}"]:
        raise Broken("there is no proof that it is in the ledger", seq)
    path = [decoded(line) for line in lines[2:]]
    if note != anchors[0]["note"]:
        raise Broken("its proof leads to another checkpoint than that of the file", seq)
    whole = seq <= anchors[0]["size"] and all(part is not None and len(part) == 32 for part in path)
    if not whole or root_by(seq - 1, anchors[0]["size"], leaf, path) != anchors[0]["root"]:
        raise Broken("its proof does not lead to the checkpoint", seq)


def text_of(file):
    with open(file, encoding="utf-8", newline="\n") as opened:
        return opened.read()


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("file")
    arguments.add_argument("--policy")
    arguments.add_argument("--checkpoint")
    given = arguments.parse_args()
    nobody = {"logs": [], "witnesses": {}, "enough": lambda seen: True}
    policy = policy_in(text_of(given.policy)) if given.policy else nobody
    with open(given.file, encoding="utf-8", newline="\n") as opened:
        lines = (line.rstrip("\n") for line in opened)
        header = json.loads(next(lines))
        if header["format"] != "countersign-ledger/v1":
            raise SystemExit("this is no file of countersign ledger export or prove")
        try:
            found = check(lines, header, policy, notes_in(given.checkpoint) if given.checkpoint else [])
        except Broken as broken:
            found = {"kind": "broken", "reason": str(broken), **({} if broken.seq is None else {"seq": broken.seq})}
    print(json.dumps(found))
    return 0 if found["kind"] != "broken" and found["enough"] else 1


def check(lines, header, policy, kept):
    own = key_in(header["log"], 1) if "log" in header else None
    logs = policy["logs"] or ([own] if own else [])
    notes = ([header["checkpoint"]] if "checkpoint" in header else []) + kept
    anchors = [open_checkpoint(note, logs, policy) for note in notes]
    proof = header["kind"] == "proof"
    counts = check_proof(lines, header["subject"], anchors) if proof else check_ledger(lines, anchors)
    if not anchors:
        return {"kind": "unanchored", "enough": True, **counts}
    # Of several checkpoints, what the largest one shows.
    top = anchors[0] if proof else max(anchors, key=lambda anchor: anchor["size"])
    kind = "witnessed" if top["seen"] else "unwitnessed"
    return {"kind": kind, "enough": top["enough"], "witnesses": len(top["seen"]), "size": top["size"], **counts}


if __name__ == "__main__":
    sys.exit(main())

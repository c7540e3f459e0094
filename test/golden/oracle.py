"""What crit's own library reads in folders of CRIU images, as JSON without loss: the oracle of the decoder.

    oracle.py FOLDER...     prints a line for each file

A line is {"folder": its name, "file": its name, "magic": crit's name of the kind, "entries": [...]}, an entry is its message and,
where bytes follow it, "extra" as crit splits them. Integers are strings, bytes are base64, an enumeration's value is its name; a field is there when the message has it.
Fields that crit's definitions do not know are counted in "unknown". A file that is no image that crit knows has "raw", its size, instead of "magic" and "entries".

    oracle.py --agree FILE...   fails where `crit decode` says something else of a file than this

crit does the framing, the extra payloads and the parsing; only its own conversion of a message, which is for people and loses
presence and types, is replaced.
"""

import base64
import json
import os
import quopri
import subprocess
import sys

import pycriu.images.images as images
from google.protobuf.unknown_fields import UnknownFieldSet


class Field(int):
    """An integer, which crit's handlers compute with, and that is shown as a string."""


def convert(message, *_pretty, **_more):
    found = {}
    for field, value in message.ListFields():
        repeated = field.is_repeated if hasattr(field, "is_repeated") else field.label == field.LABEL_REPEATED
        found[field.name] = [scalar(field, one) for one in value] if repeated else scalar(field, value)
    unknown = len(UnknownFieldSet(message))
    if unknown > 0:
        found["unknown"] = Field(unknown)
    return found


def scalar(field, value):
    if field.type == field.TYPE_MESSAGE:
        return convert(value)
    if field.type == field.TYPE_ENUM:
        known = field.enum_type.values_by_number.get(value)
        return known.name if known is not None else Field(value)
    if field.type == field.TYPE_BYTES:
        return base64.b64encode(value).decode()
    if isinstance(value, (bool, str)):
        return value
    return Field(value)


def plain(value, within=None):
    """Integers as strings, and crit's base64 without its line ends."""
    if isinstance(value, dict):
        return {key: plain(one, within or (key if key == "extra" else None)) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one, within) for one in value]
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return str(int(value))
    return value.replace("\n", "") if within == "extra" else value


def read(path):
    with open(path, "rb") as file:
        try:
            return plain(images.load(file))
        except (images.MagicException, images.struct.error):
            return {"raw": os.path.getsize(path)}
        except Exception as error:
            if "No handler found" not in str(error):
                raise RuntimeError(path) from error
            return {"raw": os.path.getsize(path)}


def folder(path):
    return {name: read(os.path.join(path, name)) for name in sorted(os.listdir(path)) if os.path.isfile(os.path.join(path, name))}


def agrees(said, ours):
    """Whether the command says the same; it shows names of unix sockets as quoted-printable, and 64 bits as JSON can."""
    if isinstance(ours, dict):
        return said.keys() == ours.keys() and all(agrees(said[key], ours[key]) for key in ours)
    if isinstance(ours, list):
        return len(said) == len(ours) and all(map(agrees, said, ours))
    if isinstance(said, str):
        return said.replace("\n", "") == ours or quopri.decodestring(said) == base64.b64decode(ours)
    return said == ours if isinstance(ours, bool) else str(said) == ours


class SharedMemory(images.ipc_shm_handler):
    """crit takes what follows for the content of a segment, also where that lies with the pages: then it is the next entry."""

    def load(self, f, pbuff):
        return "" if pbuff.in_pagemaps else super().load(f, pbuff)


def command(path):
    """What the command prints of a file."""
    return json.loads(subprocess.run(["crit", "decode", "-i", path], check=True, capture_output=True).stdout)


images.pb2dict.pb2dict = convert
images.handlers["IPCNS_SHM"].extra_handler = SharedMemory()
if sys.argv[1] == "--agree":
    for path in sys.argv[2:]:
        said, ours = command(path), read(path)
        if ours["magic"] == "IPCNS_SHM":
            # What it says of the first one is all that can be right.
            said, ours = [{**one["entries"][0], "extra": ""} for one in (said, ours)]
        if not agrees(said, ours):
            sys.exit("crit says something else of " + path)
else:
    for path in sys.argv[1:]:
        for name, image in folder(path).items():
            print(json.dumps({"folder": os.path.basename(path), "file": name, **image}, separators=(",", ":")))

"""Recognizing files that this package did not write, and how to read them."""

from __future__ import annotations

import contextlib
import io
import re
import zipfile

_CONVERT = (
    "loading it could run code stored in it. With PyTorch and safetensors installed, convert it once: "
    "safetensors.torch.save_file(torch.load(path, weights_only=True), 'model.safetensors')"
)
_PICKLE = "is a pickle, and loading it could run code stored in it; save the tensors again with tinygrad_edu.save"

SIGNATURES = {  # the first bytes of a file -> what it is
    b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.": f"was written by torch.save in its old format: {_CONVERT}",
    b"\x93NUMPY": "is a NumPy array (.npy); np.load reads it",
    b"\x89HDF\r\n\x1a\n": "is an HDF5 file, such as Keras's .h5 weights; h5py reads it",
    b"\x89PNG\r\n\x1a\n": "is a PNG image",
    b"\xff\xd8\xff": "is a JPEG image",
    b"GIF8": "is a GIF image",
    b"%PDF": "is a PDF document",
    b"PAR1": "is a Parquet table; pyarrow and pandas read it",
    b"SQLite format 3\0": "is an SQLite database",
    b"\x1f\x8b": "is compressed with gzip; decompress it first",
    b"BZh": "is compressed with bzip2; decompress it first",
    b"\xfd7zXZ\0": "is compressed with xz; decompress it first",
    b"7z\xbc\xaf\x27\x1c": "is a 7-Zip archive",
    b"\x7fELF": "is an executable program",
    b"version https://git-lfs": "is a Git LFS pointer, not the file itself: git lfs pull fetches it",
    b"<!DOCTYPE": "is an HTML page: the download has failed, or requires a login",
    b"<html": "is an HTML page: the download has failed, or requires a login",
}
ARCHIVES = {  # the end of a name in a ZIP archive -> what the archive is
    "data.pkl": f"was written by torch.save: {_CONVERT}",
    ".npy": "is a NumPy archive (.npz); np.load reads it",
    "model.weights.h5": "is a Keras model (.keras)",
}
TEXT_PICKLE = re.compile(rb"\([dlt]p\d+\n|c[\w.]+\n\w+\np\d+\n")  # protocol 0: a container, or a class by its name
ENOUGH = 4096  # number of bytes at the beginning that are examined


def recognized(head: bytes, tail: bytes = b"") -> str | None:
    """The kind of a file that begins with `head` and ends with `tail`, as the end of a sentence; None if it is not recognized.

    >>> recognized(b"\\x89PNG\\r\\n\\x1a\\n...")
    'is a PNG image'
    """
    if not head:
        return "is empty"
    for signature, what in SIGNATURES.items():
        if head.lower().startswith(signature.lower()) if signature.startswith(b"<") else head.startswith(signature):
            return what
    if head.startswith(b"PK"):
        return _archive(head, tail)
    if (head[:1] == b"\x80" and head[1:2] in b"\x02\x03\x04\x05") or TEXT_PICKLE.match(head):
        return _PICKLE
    with contextlib.suppress(UnicodeDecodeError):
        text = head.decode() if len(head) < ENOUGH else head[: ENOUGH - 4].decode(errors="ignore")
        if all(c.isprintable() or c in "\t\r\n" for c in text):
            return f"is a text file, which begins with {text[:40]!r}"
    return None


def _archive(head: bytes, tail: bytes) -> str:
    """Recognize an archive by the names in it, without decompressing anything."""
    names: list[str] = []
    with contextlib.suppress(zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        names = zipfile.ZipFile(io.BytesIO(tail)).namelist()[:1000]
    for end, what in ARCHIVES.items():
        if any(name.endswith(end) for name in names) or end.encode() in head:
            return what
    return "is a ZIP archive"

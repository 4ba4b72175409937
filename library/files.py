"""What an uploaded file really is, by its content: a name proves nothing."""

import zipfile
from typing import BinaryIO


OFFICE_PARTS = {
    "docx": "word/document.xml",
    "pptx": "ppt/presentation.xml",
    "xlsx": "xl/workbook.xml",
}
MAGIC = {
    "pdf": b"%PDF-",
    "png": b"\x89PNG\r\n\x1a\n",
    "jpg": b"\xff\xd8\xff",
}
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MACROS = "vbaProject.bin"


def kind_of_file(file: BinaryIO) -> str | None:
    """Return pdf, docx, pptx, xlsx, png or jpg by the file's content, or None for all else.

    An office file with macros is none of them. Leaves the file at its beginning.
    """
    file.seek(0)
    start = file.read(8)
    file.seek(0)
    for kind, magic in MAGIC.items():
        if start.startswith(magic):
            return kind
    if start.startswith(b"PK\x03\x04"):
        try:
            with zipfile.ZipFile(file) as archive:
                names = set(archive.namelist())
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            names = set()
        file.seek(0)
        if "[Content_Types].xml" in names and not any(n.endswith(MACROS) for n in names):
            return next((kind for kind, part in OFFICE_PARTS.items() if part in names), None)
    return None


def agrees(name: str, kind: str) -> bool:
    """Say whether a file name's ending fits what the file is."""
    ending = name.rpartition(".")[2].lower()
    return ending == kind or (kind == "jpg" and ending == "jpeg")

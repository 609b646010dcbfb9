import uuid
from pathlib import PurePosixPath


def paper_path(instance, filename: str) -> str:
    """Where an uploaded paper is kept: a random name, so that no name typed by a person reaches the disk."""
    return f"papers/{uuid.uuid4().hex}{PurePosixPath(filename).suffix.lower()[:10]}"

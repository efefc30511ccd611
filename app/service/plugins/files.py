"""The installers of published versions, as files: named by their digest, written whole or not at all."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from app.contracts.errors import ErrorCode
from app.service.kit.problems import ProblemError


class VersionFiles:
    """A folder of files, below it a folder for each tenant.

    Several processes may use it; on several machines it has to be a shared one.

    Args:
        folder: Tells where it is; made when the first file comes.
    """

    def __init__(self, folder: Callable[[], Path]) -> None:
        self._folder = folder

    def find(self, tenant_id: str, sha256: str) -> Path | None:
        """Return the file with a digest, if it is there."""
        path = self._path(tenant_id, sha256)
        return path if path.is_file() else None

    async def keep(
        self, tenant_id: str, chunks: AsyncIterator[bytes], sha256: str, size_bytes: int, mark: str
    ) -> Path:
        """Write a file as it comes and keep it if it is the one that was announced.

        Args:
            tenant_id: Whose it is.
            chunks: The content, never held as a whole.
            sha256: Its digest.
            size_bytes: Its size.
            mark: Tells this writing from others of the same file.

        Raises:
            ProblemError: FILE_MISMATCH; nothing is left behind.
        """
        path = self._path(tenant_id, sha256)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{mark}.part")
        digest, size = hashlib.sha256(), 0
        try:
            with part.open("wb") as file:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > size_bytes:
                        raise ProblemError(
                            ErrorCode.FILE_MISMATCH, "The file is larger than announced"
                        )
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                # A large file takes long to reach the disk: the loop goes on meanwhile.
                await asyncio.to_thread(os.fsync, file.fileno())
            if (size, digest.hexdigest()) != (size_bytes, sha256):
                raise ProblemError(ErrorCode.FILE_MISMATCH)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        return path

    def _path(self, tenant_id: str, sha256: str) -> Path:
        # The tenant's id may have any letters: its digest is a name for every file system.
        name = hashlib.sha256(tenant_id.encode()).hexdigest()[:32]
        return self._folder() / name / sha256

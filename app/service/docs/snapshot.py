"""The committed description and the Postman collection; `python -m app.service.docs.snapshot` renews them.

They are made from the code alone, so that a test can tell whether anybody forgot to.
"""

import json
import sys
from collections.abc import Mapping
from typing import Any, Final

from app.kernel.resources import resources_root
from app.service.docs.postman import collection

OPENAPI: Final = ("docs", "integrator", "openapi.json")
POSTMAN: Final = ("docs", "integrator", "postman_collection.json")


def described() -> dict[str, Any]:
    """Return the description that the code of now generates."""
    # Imported here: the application serves these files, and must not need itself to begin.
    from app.service.http.app import create_app  # noqa: PLC0415 - only the snapshot needs a service
    from app.service.settings import ServiceSettings  # noqa: PLC0415 - only the snapshot needs a service

    settings = ServiceSettings("sqlite://", runs_jobs=False, logs_requests=False)
    return create_app(settings).openapi()


def as_text(document: Mapping[str, Any]) -> str:
    """Return a document as it is committed."""
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def snapshots() -> dict[tuple[str, ...], str]:
    """Return what the committed files must hold, by their place below `resources`."""
    description = described()
    return {OPENAPI: as_text(description), POSTMAN: as_text(collection(description))}


def renew() -> list[str]:
    """Write the files; return the names of those that have changed."""
    changed = []
    for place, text in snapshots().items():
        path = resources_root().joinpath(*place)
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            changed.append(path.name)
    return changed


if __name__ == "__main__":
    sys.stdout.write("\n".join(renew() or ["nothing has changed"]) + "\n")

"""The types of the TypeScript client, made from the committed description.

`python -m app.service.docs.typescript` renews them; it needs node, and `npm install` once in
`resources/clients/typescript` or elsewhere (MAXLOYALTY_NODE_MODULES names the `node_modules` then). The first line of the file keeps a digest of what it was made from, so that
a test tells without node whether anybody forgot to.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from app.kernel.resources import resources_root
from app.service.docs.snapshot import OPENAPI

_LONGEST_S: Final = 300


def client_folder() -> Path:
    """Return where the client is."""
    return resources_root() / "clients" / "typescript"


def node_modules() -> Path:
    """Return where npm has put its packages, if it has."""
    return Path(os.environ.get("MAXLOYALTY_NODE_MODULES", client_folder() / "node_modules"))


def types_file() -> Path:
    """Return the generated file."""
    return client_folder() / "src" / "schema.ts"


def reduced() -> dict[str, Any]:
    """Return the committed description without what gives no types.

    Examples and long texts go; so do refusals, which are all problem documents and are thrown.
    """
    description: dict[str, Any] = json.loads(resources_root().joinpath(*OPENAPI).read_text("utf-8"))
    for item in description["paths"].values():
        for operation in item.values():
            operation.pop("description", None)
            operation["responses"] = {
                status: response
                for status, response in operation["responses"].items()
                if status.startswith("2")
            }
            for part in (operation.get("requestBody", {}), *operation["responses"].values()):
                for content in part.get("content", {}).values():
                    content.pop("examples", None)
    for name in ("webhooks", "tags"):
        description.pop(name, None)
    for name in ("examples", "responses"):
        description["components"].pop(name, None)
    description["info"] = {"title": "Max Loyalty", "version": description["info"]["version"]}
    return description


def first_line() -> str:
    """Return how a file made from the committed description begins."""
    text = json.dumps(reduced(), sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"// Made by `python -m app.service.docs.typescript`; sha256 of what from: {digest}"


def renew() -> bool:
    """Write the types; tell whether anything had changed."""
    line, path = first_line(), types_file()
    if path.exists() and path.read_text("utf-8").startswith(line):
        return False
    program = node_modules() / "openapi-typescript" / "bin" / "cli.js"
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder) / "openapi.json", Path(folder) / "schema.ts"
        source.write_text(json.dumps(reduced()), "utf-8")
        command = [
            "node",
            str(program),
            str(source),
            "--output",
            str(made),
            "--default-non-nullable=false",
        ]
        subprocess.run(command, check=True, timeout=_LONGEST_S)  # noqa: S603 - our own arguments
        path.write_text(f"{line}\n{made.read_text('utf-8')}", "utf-8")
    return True


if __name__ == "__main__":
    sys.stdout.write("schema.ts has changed\n" if renew() else "nothing has changed\n")

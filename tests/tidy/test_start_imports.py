"""What the first screen of the till, or a serving process, does not need is not loaded before it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SLOW = {
    "PIL", "alembic", "argon2", "cv2", "escpos", "fastapi", "httpx", "importlib.metadata", "numpy",
    "platformdirs", "pydantic", "segno", "serial", "sqlalchemy", "uvicorn", "zxingcpp",
}  # fmt: skip


RARE = {"alembic", "mako", "pygments", "segno", "xlsxwriter"}


def test_serving_process_keeps_no_library_that_few_ever_use() -> None:
    program = "import sys, app.service.http.worker; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not RARE & set(done.stdout.split())


def test_first_screen_waits_for_no_slow_library() -> None:
    program = "import sys, app.bootstrap.till; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not SLOW & set(done.stdout.split())

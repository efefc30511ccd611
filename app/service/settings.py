"""What a service is started with, and where the embedded database lives."""

import os
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from platformdirs import user_data_path

from app.service.webhooks.targets import TargetRules

_FILE = "service.sqlite3"
LOOPBACK = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """Typed settings of one service process.

    `runs_jobs` says whether this process takes part in periodic work; another one may do it all.
    `files_folder` holds the installers of plugin versions; by default it is in the data folder.
    `webhook_targets` says where events may be sent; the environment can allow more than the default.
    `limits_rates` switches limits of requests on; `rate_limit_url` counts them elsewhere than in memory
    and PostgreSQL (`redis://...`). `logs_requests` switches the request log on.
    `access_log_share` of the successful requests are written to the log. Who asks for metrics comes from
    `metrics_networks` or knows `metrics_token`. `grace_s` is how long requests may take after the end
    was asked for.
    """

    database_url: str
    runs_jobs: bool = True
    files_folder: Path | None = None
    webhook_targets: TargetRules = field(default_factory=TargetRules.from_environment)
    limits_rates: bool = True
    rate_limit_url: str | None = None
    logs_requests: bool = True
    log_level: str = "info"
    log_format: str = "json"
    access_log_share: float = 1.0
    metrics_token: str = ""
    metrics_networks: tuple[IPv4Network | IPv6Network, ...] = LOOPBACK
    grace_s: int = 15

    def plugin_files(self) -> Path:
        """Return where installers are kept; nothing is made."""
        return self.files_folder or home_folder() / "plugin-files"


def home_folder() -> Path:
    """Return the user's data folder; MAXLOYALTY_HOME moves it."""
    moved = os.environ.get("MAXLOYALTY_HOME")
    return Path(moved) if moved else user_data_path("MaxLoyaltyCashier", appauthor=False)


def embedded_url() -> str:
    """Return the URL of the embedded database; its folder is made if it is missing."""
    folder = home_folder()
    folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{(folder / _FILE).as_posix()}"

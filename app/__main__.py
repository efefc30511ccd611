"""The `maxloyalty` command: one program, several jobs.

Each job's code is imported only when that job is asked for, so that the till does not pay for the
service at its start, nor the service for Qt.
"""
# ruff: noqa: PLC0415 -- see above: the imports inside the functions are the point of this module

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from app.kernel.errors import AppError

Job = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one job and return the exit status: 0 well, 1 failed, 2 wrong arguments."""
    options = _parser().parse_args(arguments)
    job: Job = options.job
    try:
        return job(options)
    except AppError as error:
        sys.stderr.write(f"maxloyalty: {error.text('en')} ({error.code})\n")
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="maxloyalty", description="Point of sale with loyalty, and its service."
    )
    parser.set_defaults(job=_till)
    jobs = parser.add_subparsers(title="jobs (till is the default)", metavar="JOB")
    _add_till(jobs)
    _add_service(jobs)
    demo = jobs.add_parser("demo", help="drive the whole program and check what it did")
    demo.add_argument("--out", type=Path, required=True, help="folder for report and pictures")
    demo.add_argument("--killed", action="store_true", help=argparse.SUPPRESS)
    demo.set_defaults(job=_demo)
    doctor = jobs.add_parser("doctor", help="tell which devices are found and what is wrong")
    doctor.add_argument("--json", action="store_true", help="print JSON")
    doctor.add_argument(
        "--network", action="store_true", help="look through the local network as well"
    )
    doctor.set_defaults(job=_doctor)
    simulate = jobs.add_parser("simulate", help="run a simulated device")
    simulate.add_argument("device", nargs="?", default="", help="without one: which there are")
    simulate.add_argument(
        "rest", nargs=argparse.REMAINDER, help="of the simulator, most take --port N, --fault NAME"
    )
    simulate.set_defaults(job=_simulate)
    return parser


def _add_till(jobs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    till = jobs.add_parser("till", help="open the till")
    till.set_defaults(job=_till)


def _add_service(jobs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    service = jobs.add_parser("service", help="serve the loyalty service until SIGTERM")
    service.add_argument("--host", help="default: MAXLOYALTY_HOST, or 127.0.0.1")
    service.add_argument(
        "--port", type=int, help="default: MAXLOYALTY_PORT, or 8720; 0 is a free one"
    )
    service.add_argument("--workers", type=int, help="default: MAXLOYALTY_WORKERS, or 1")
    service.add_argument("--own", action="store_true", help=argparse.SUPPRESS)
    service.set_defaults(job=_service)
    migrate = jobs.add_parser("migrate", help="bring a database up to date")
    migrate.set_defaults(job=_migrate)
    seed = jobs.add_parser("seed", help="create the demo cafe and print its keys")
    seed.add_argument("--sandbox", action="store_true", help="a tenant with test keys")
    seed.set_defaults(job=_seed)
    audit = jobs.add_parser("audit", help="prove that every balance equals its entries")
    audit.set_defaults(job=_audit)
    plan = jobs.add_parser("plan", help="read, set or cancel the plan of a company")
    plan.add_argument("--tenant", required=True, metavar="ID", help="the company")
    plan.add_argument("--set", dest="plan", metavar="PLAN", help="standard, pro or ultimate")
    plan.add_argument(
        "--until",
        type=_moment,
        metavar="TIME",
        help="when it ends, like 2027-01-31 or 2027-01-31T12:00:00Z; without an end if left out",
    )
    plan.add_argument("--cancel", action="store_true", help="it does not go on after its end")
    plan.set_defaults(job=_plan)
    for each in (service, migrate, seed, audit, plan):
        each.add_argument("--database", metavar="URL", help="default: SQLite in the data folder")


def _till(_options: argparse.Namespace) -> int:
    from app.bootstrap.till import run_till

    return run_till()


def _service(options: argparse.Namespace) -> int:
    from app.bootstrap.service import run_service

    return run_service(
        host=options.host,
        port=options.port,
        url=options.database,
        workers=options.workers,
        own=options.own,
    )


def _migrate(options: argparse.Namespace) -> int:
    from app.service.commands import migrate

    return _print(migrate(options.database))


def _seed(options: argparse.Namespace) -> int:
    from app.service.commands import seed

    return _print(seed(options.database, sandbox=options.sandbox))


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _plan(options: argparse.Namespace) -> int:
    from app.service.commands import plan

    return _print(
        plan(
            options.database,
            options.tenant,
            name=options.plan,
            ends_at=options.until,
            cancels=options.cancel,
        )
    )


def _audit(options: argparse.Namespace) -> int:
    from app.service.commands import audit

    result = audit(options.database)
    _print(result)
    return 0 if result["ok"] else 1


def _demo(options: argparse.Namespace) -> int:
    from app.demo.run import run_demo

    return run_demo(options.out, killed=options.killed)


def _doctor(options: argparse.Namespace) -> int:
    from app.bootstrap.doctor import run_doctor

    return run_doctor(as_json=options.json, network=options.network)


def _simulate(options: argparse.Namespace) -> int:
    from app.bootstrap.simulate import run_simulator

    return run_simulator(options.device, options.rest)


def _print(result: object) -> int:
    sys.stdout.write(json.dumps(result, ensure_ascii=False, indent=2, default=str) + "\n")
    return 0


def _run() -> None:
    """Run as the program; a built one is also what its worker processes are started from."""
    if getattr(sys, "frozen", False):
        from multiprocessing import freeze_support

        freeze_support()  # does not come back in a worker
    sys.exit(main())


if __name__ == "__main__":
    _run()

"""The QR codes of printed cards, as the office would print them."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.service.guests.qr import printed_qr
from app.service.tenants.models import tenants
from tests.service.harness import Service


def printed_card(service: Service, code6: str) -> str:
    """Return what a guest's printed card says; the company's secret is sealed in the database."""

    def look(connection: Connection) -> str:
        return str(connection.execute(sa.select(tenants.c.qr_secret)).scalars().first())

    return printed_qr(service.runtime.database.read(look).result(), code6)

"""The chain of services about marking codes from its settings."""

import datetime as dt
import functools
from collections.abc import Callable

from drivers.api.errors import ConfigurationError
from drivers.api.marking import MarkingProvider, MarkingSettings
from drivers.fiscal.marking.chain import ChainProvider
from drivers.fiscal.marking.services import (
    CdnProvider,
    CheckOptions,
    ModuleProvider,
    PiotProvider,
)
from drivers.transport.http import HttpLink


def build_chain(
    settings: MarkingSettings, *, now: Callable[[], dt.datetime], clock: Callable[[], float]
) -> ChainProvider:
    """Make the services that have an address, in the order of the settings.

    Raises:
        ConfigurationError: an address is unusable, or its key is missing.
    """
    options = CheckOptions(
        settings.timeout_s, settings.limit_s, refuse_other_owner=settings.refuse_other_owner
    )
    make_own = functools.partial(HttpLink, ca_file=settings.ca_file, clock=clock)
    make_link = functools.partial(HttpLink, clock=clock)
    chain: list[MarkingProvider] = []
    if settings.piot_url:
        chain.append(PiotProvider(settings.piot_url, now=now, options=options, make_link=make_own))
    if settings.cdn_url:
        chain.append(
            CdnProvider(
                settings.cdn_url,
                settings.api_key,
                now=now,
                options=options,
                make_link=make_link,
                clock=clock,
            )
        )
    if settings.module_url:
        login, password = settings.module_login, settings.module_password
        if not login or not password:
            raise ConfigurationError(
                "marking: the local module needs module_login, module_password"
            )
        chain.append(
            ModuleProvider(
                settings.module_url, login, password, now=now, options=options, make_link=make_own
            )
        )
    return ChainProvider(chain)

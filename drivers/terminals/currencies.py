"""Numbers of currencies, ISO 4217, as terminals want them."""

from drivers.api.errors import ConfigurationError

CURRENCIES = {"RUB": "643", "EUR": "978", "CHF": "756", "USD": "840", "KZT": "398", "BYN": "933"}


def currency_code(currency: str) -> str:
    """Return the ISO 4217 number of a currency's letters; digits are taken as they are.

    Raises:
        ConfigurationError: the currency is unknown.
    """
    if currency in CURRENCIES:
        return CURRENCIES[currency]
    if len(currency) == 3 and currency.isascii() and currency.isdigit():
        return currency
    raise ConfigurationError(f"currency {currency!r} has no number in the driver")

"""The typed clients of our service.

For integrators, over the public interface, repeating what fails in passing:

    from app.api_client.integrator import LoyaltyClient

    with LoyaltyClient("https://loyalty.example", "mlk_live_...") as client:
        guest = client.guests.create("+7 912 345-67-89", first_name="Мария")

For tills and plugins, which decide themselves what to repeat and when:

    from app.api_client.client import ClientSettings, ServiceClient

    settings = ClientSettings(base_url="https://loyalty.example", api_key="tlk_live_...")
    with ServiceClient(settings) as client:
        answer = client.search_guest(phone="+7 912 345-67-89")

Every error is one of `app.api_client.errors` and has words for a person in Russian and English. Nothing
here needs Qt, a database or the service's own code: `httpx` and `pydantic` are enough.
"""

"""The typed client of our service: for the till, and on its own for integrators.

    settings = ClientSettings(base_url="https://loyalty.example", api_key="tlk_live_...")
    with ServiceClient(settings) as client:
        answer = client.search_guest(phone="+7 912 345-67-89")

Every error is one of `app.api_client.errors` and has words for a person in Russian and English.
"""

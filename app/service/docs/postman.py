"""A Postman collection (v2.1) from the description: a folder for each tag, a request for each call."""

import json
from collections.abc import Mapping
from typing import Any, Final

_SCHEMA: Final = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
_VARIABLES: Final = {
    "baseUrl": "http://127.0.0.1:8720",
    "tillKey": "",
    "iikoKey": "",
    "rkeeperKey": "",
    "apiKey": "",
    "accessToken": "",
}
_SCHEMES: Final = {
    "tillKey": "tillKey",
    "iikoKey": "iikoKey",
    "rkeeperKey": "rkeeperKey",
    "apiKey": "apiKey",
}

Document = Mapping[str, Any]


def collection(description: Document) -> dict[str, Any]:
    """Return the collection of a description that `described` made."""
    folders: dict[str, list[dict[str, Any]]] = {tag["name"]: [] for tag in description["tags"]}
    for path, item in description["paths"].items():
        for method, operation in item.items():
            request = _request(description, path, method, operation)
            folders[operation["tags"][0]].append(request)
    about = {tag["name"]: tag["description"] for tag in description["tags"]}
    return {
        "info": {
            "name": description["info"]["title"],
            "description": description["info"]["description"],
            "version": description["info"]["version"],
            "schema": _SCHEMA,
        },
        "variable": [{"key": key, "value": value} for key, value in _VARIABLES.items()],
        "item": [
            {"name": name, "description": about[name], "item": items}
            for name, items in folders.items()
            if items
        ],
    }


def _request(description: Document, path: str, method: str, operation: Document) -> dict[str, Any]:
    request: dict[str, Any] = {
        "method": method.upper(),
        "description": operation.get("description", ""),
        "header": _headers(operation, method),
        "url": _url(path, operation),
        "auth": _auth(description, operation),
    }
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if body is not None:
        text = json.dumps(_example(body), ensure_ascii=False, indent=2)
        options = {"raw": {"language": "json"}}
        request["body"] = {"mode": "raw", "raw": text, "options": options}
        request["header"].append({"key": "Content-Type", "value": "application/json"})
    return {"name": operation["summary"], "request": request, "response": []}


def _example(body: Document) -> Any:  # noqa: ANN401 - JSON is anything
    named = body.get("examples")
    return next(iter(named.values()))["value"] if named else {}


def _headers(operation: Document, method: str) -> list[dict[str, Any]]:
    headers = []
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "header":
            is_key = parameter["name"] == "Idempotency-Key" and method == "post"
            headers.append(
                {
                    "key": parameter["name"],
                    "value": "{{$guid}}" if is_key else "",
                    "description": parameter.get("description", ""),
                    "disabled": not is_key,
                }
            )
    return headers


def _url(path: str, operation: Document) -> dict[str, Any]:
    parts = [f":{part[1:-1]}" if part.startswith("{") else part for part in path.split("/")[1:]]
    parameters = operation.get("parameters", ())
    query = [
        {"key": p["name"], "value": "", "description": p.get("description", ""), "disabled": True}
        for p in parameters
        if p["in"] == "query"
    ]
    variables = [{"key": p["name"], "value": ""} for p in parameters if p["in"] == "path"]
    url: dict[str, Any] = {"raw": "{{baseUrl}}/" + "/".join(parts), "host": ["{{baseUrl}}"]}
    url["path"] = parts
    if query:
        url["query"] = query
    if variables:
        url["variable"] = variables
    return url


def _auth(description: Document, operation: Document) -> dict[str, Any]:
    wanted = operation.get("security", description.get("security", []))
    names = [name for choice in wanted for name in choice]
    for name in names:
        scheme = description["components"]["securitySchemes"][name]
        if scheme["type"] == "apiKey":
            value = "{{" + _SCHEMES[name] + "}}"
            pairs = {"key": scheme["name"], "value": value, "in": "header"}
            return {"type": "apikey", "apikey": _pairs(pairs)}
    if names:
        return {"type": "bearer", "bearer": _pairs({"token": "{{accessToken}}"})}
    return {"type": "noauth"}


def _pairs(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value, "type": "string"} for key, value in values.items()]

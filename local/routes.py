"""The HTTP API's routes, read from the OpenAPI body the SAM transform writes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_FUNCTION_IN_URI = re.compile(r"/functions/(arn:[^/]+)/invocations")
_ANY = "x-amazon-apigateway-any-method"


@dataclass(frozen=True)
class Route:
    """One route: `key` as API Gateway writes it, for example `POST /a/{token}`."""

    method: str  # "ANY" matches all
    path: str
    function: str  # logical id
    iam: bool  # demands a signed request

    @property
    def key(self) -> str:
        """The route key that appears in events and access logs."""
        return f"{self.method} {self.path}"

    def parameters_of(self, path: str) -> dict[str, str] | None:
        """The path parameters if `path` fits this route, else None."""
        pattern = "".join(_as_regex(part) for part in re.split(r"(\{[^}]+\})", self.path))
        found = re.fullmatch(pattern, path)
        if found is None:
            return None
        names = [name.rstrip("+") for name in re.findall(r"\{([^}]+)\}", self.path)]
        return dict(zip(names, found.groups(), strict=True))

    @property
    def precedence(self) -> tuple[bool, int, bool]:
        """Sorts best match first: full before greedy, fewer variables first, a named method before ANY."""
        return ("+}" in self.path, self.path.count("{"), self.method == "ANY")


class Routes:
    """All routes of the API."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self.in_order = sorted(routes, key=lambda route: route.precedence)

    def match(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route for a request and its path parameters. HEAD matches only a route that says HEAD."""
        for route in self.in_order:
            if route.method in (method, "ANY") and (parameters := route.parameters_of(path)) is not None:
                return route, parameters
        return None


def routes_of(body: Mapping[str, Any], function_named: Callable[[str], str]) -> list[Route]:
    """The routes in the resolved OpenAPI `body`; `function_named` turns a function's ARN into its logical id."""
    routes = []
    for path, operations in body.get("paths", {}).items():
        for method, operation in operations.items():
            uri = operation["x-amazon-apigateway-integration"]["uri"]
            found = _FUNCTION_IN_URI.search(uri)
            if found is None:
                raise ValueError(f"{method} {path} leads to {uri}, which is no function")
            routes.append(
                Route(
                    method="ANY" if method == _ANY else method.upper(),
                    path=path,
                    function=function_named(found.group(1)),
                    iam=any("AWS_IAM" in scheme for scheme in operation.get("security", [])),
                )
            )
    return routes


def _as_regex(part: str) -> str:
    if part.endswith("+}"):
        return "(.+)"
    return "([^/]+)" if part.startswith("{") else re.escape(part)

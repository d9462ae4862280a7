"""Asks a running service for what its OpenAPI document describes, and holds the answers against the document.

    HOLDFAST_TOKEN=... api_examples.py BASE_URL [EXAMPLES] [SEED]

Schemathesis makes the requests: half of them as the document asks for, half of them not. They are spread over all
operations; those that have few requests to make leave their share to the others. Every other time, identifiers are such
as the service has told before, and amounts small, so that not all answers are refusals. The token, a person's or the operator's key, is
taken from the environment, where other processes' lists do not show it.

Prints a line for each kind of failure, with an example, to standard error, and one line of JSON to standard output at the
end. Exits with 1 if anything failed: an answer of 500 or above (503 is described, and fails as well), a status, media
type, header or body that the document does not have, no answer at all, or a token that is no longer good.
"""

import json
import os
import random
import re
import sys
import time
import warnings

import hypothesis
import requests
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.checks import not_a_server_error

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_headers_conformance, response_schema_conformance,
]
# Whoever asks for these has no token afterwards.
ENDING = {"endMySession", "endMySessions", "endSessionsOf", "changePassword", "revoke", "closeAccount",
          "eraseMe"}
# What others, too, are signed in with: only made-up ones are asked to be ended.
SHARED = {"endClient", "setRole"}
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)
# An answer that takes longer is none.
PATIENCE_SECONDS = 60


def name_of(operation):
    return operation.definition.raw.get("operationId")


class Asking:
    """One run over all operations."""

    def __init__(self, base, token, seed):
        self.base = base
        self.token = token
        self.seed = seed
        self.random = random.Random(seed)
        self.session = requests.Session()
        self.count = 0
        self.statuses = {}
        # Identifiers that were told, by what the path begins with.
        self.known = {}
        # The first example of each kind of failure, and how many there were.
        self.failures = {}

    def remember(self, path, value):
        """Keeps the identifiers of an answer for paths below the one that gave it."""
        stem = path.split("/{")[0]
        if isinstance(value, list):
            for element in value:
                self.remember(path, element)
        elif isinstance(value, dict):
            if isinstance(value.get("id"), str):
                self.known.setdefault(stem, {})[value["id"]] = None
            for name, member in value.items():
                self.remember(f"{stem}/{name}" if isinstance(member, list) else path, member)
                if isinstance(member, list):
                    self.remember(path, member)

    def mean_something(self, case):
        """Puts identifiers that were told in place of those that were made up."""
        known = self.known.get(case.operation.path.split("/{")[0])
        if known and case.path_parameters and "id" in case.path_parameters:
            case.path_parameters["id"] = self.random.choice(list(known))
        if isinstance(case.body, dict):
            told = [each for of in self.known.values() for each in of]
            for name, value in case.body.items():
                if told and isinstance(value, str) and UUID.fullmatch(value):
                    case.body[name] = self.random.choice(told)
                elif isinstance(value, dict) and "currency" in value and "value" in value:
                    case.body[name] = {"value": "0.01", "currency": "USD"}

    def ask(self, case):
        """Sends one request and judges its answer."""
        if name_of(case.operation) not in SHARED and self.random.random() < 0.5:
            self.mean_something(case)
        self.count += 1
        try:
            response = case.call(
                session=self.session, headers={"Authorization": f"Bearer {self.token}"},
                timeout=PATIENCE_SECONDS)
        except requests.RequestException as error:
            return self.failed(case, "no_answer", f"{type(error).__name__}: {error}", None)
        self.statuses[response.status_code] = self.statuses.get(response.status_code, 0) + 1
        if response.status_code < 300 and "json" in response.headers.get("content-type", [""])[0]:
            self.remember(case.operation.path, response.json())
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as group:
            for failure in group.exceptions:
                self.failed(case, type(failure).__name__, f"{failure.title}: {failure.message}", response)

    def failed(self, case, kind, detail, response):
        status = response.status_code if response else None
        key = (name_of(case.operation), kind, status, detail.split("\n")[0])
        if key in self.failures:
            self.failures[key]["count"] += 1
            return
        self.failures[key] = {
            "operation": key[0], "check": kind, "status": status, "count": 1,
            "detail": detail.replace(self.token, "TOKEN"),
            "request": case.as_curl_command().replace(self.token, "TOKEN")[:2_000],
            "answer": response.text[:600] if response else "",
        }

    def run(self, operation, mode, examples):
        """Asks for an operation so many times, or as often as there are requests. Returns how often."""
        before = self.count
        self.seed += 1

        @hypothesis.seed(self.seed)
        @hypothesis.settings(
            max_examples=examples, phases=[Phase.generate], database=None, deadline=None,
            suppress_health_check=list(HealthCheck))
        @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
        def asks(case):
            if self.count - before < examples:
                self.ask(case)

        try:
            asks()
        except hypothesis.errors.Unsatisfiable:
            pass
        return self.count - before


def main(base, examples, seed):
    token = os.environ.get("HOLDFAST_TOKEN")
    if not token:
        sys.exit("HOLDFAST_TOKEN is not set: a person's access token, or the operator's key")
    authorization = {"Authorization": f"Bearer {token}"}
    schema = schemathesis.openapi.from_url(f"{base}/openapi.json", headers=authorization)
    schema.config.base_url = base
    operations = [each.ok() for each in schema.get_all_operations()]
    operations = [each for each in operations if name_of(each) not in ENDING]
    asking = Asking(base, token, seed)
    started = time.monotonic()
    # What makes things comes first: then there is something to look at.
    operations.sort(key=lambda each: (each.path.count("{"), each.method != "post"))
    pending = [(each, mode) for each in operations
               for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)]
    asked = {each.label: 0 for each in operations}
    while pending and asking.count < examples:
        share = -(-(examples - asking.count) // len(pending))
        left = []
        for operation, mode in pending:
            wanted = min(share, examples - asking.count)
            if wanted <= 0:
                break
            made = asking.run(operation, mode, wanted)
            asked[operation.label] += made
            if made >= wanted:
                left.append((operation, mode))
        pending = left
    # A token that ended on the way would have made all that came after it worthless.
    last = asking.session.get(f"{base}/openapi.json", headers=authorization, timeout=PATIENCE_SECONDS)
    for failure in asking.failures.values():
        print(json.dumps(failure, ensure_ascii=False), file=sys.stderr)
    summary = {
        "examples": asking.count, "operations": len(operations),
        "unasked": sorted(label for label, count in asked.items() if count == 0),
        "seed": seed, "seconds": round(time.monotonic() - started, 1),
        "statuses": {str(status): asking.statuses[status] for status in sorted(asking.statuses)},
        "server_errors": sum(
            count for status, count in asking.statuses.items() if status >= 500),
        "failures": sum(each["count"] for each in asking.failures.values()),
        "kinds": len(asking.failures), "token_is_good": last.status_code == 200,
    }
    print(json.dumps(summary))
    ok = (not asking.failures and last.status_code == 200 and not summary["unasked"]
          and asking.count >= examples and summary["server_errors"] == 0)
    return 0 if ok else 1


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 4:
        sys.exit(__doc__)
    warnings.simplefilter("ignore")
    sys.exit(main(
        sys.argv[1].rstrip("/"), int(sys.argv[2]) if len(sys.argv) > 2 else 2_000,
        int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1 << 31)))

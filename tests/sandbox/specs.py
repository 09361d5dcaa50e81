"""Validate answers against Atlassian's OpenAPI documents, where CONFSYNC_SPECS says they are.

The documents are patched in memory where they are known to differ from what servers answer.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from openapi_schema_validator import OAS30Validator, oas30_format_checker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

V2 = "confluence-cloud-v2.openapi.json"
V1 = "confluence-cloud-v1.swagger.json"
DC = "confluence-dc-9.3.1.swagger.v3.json"
PAGES = ("PageBulk", "PageSingle")
COMMENTS = ("Footer", "Inline")
POSTS = ("BlogPostBulk", "BlogPostSingle")
ERROR = {
    "type": "object",
    "required": ["errors"],
    "properties": {
        "errors": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["status", "code", "title", "detail"],
                "properties": {"title": {"type": "string"}, "code": {"type": "string"}},
            },
        }
    },
}


V1_ERROR = {
    "type": "object",
    "required": ["statusCode", "message"],
    "properties": {
        "statusCode": {"type": "integer"},
        "message": {"type": "string"},
        "reason": {"type": "string"},
        "data": {
            "type": "object",
            "required": ["authorized", "valid", "allowedInReadOnlyMode", "errors", "successful"],
        },
    },
}
# What Data Centers answer and its document does not know
UNDOCUMENTED = ("/rest/experimental/", "/version", "/property")


class SpecError(AssertionError):
    """An answer that does not conform."""


class Spec:
    """An OpenAPI document; `prefix` stands before its paths, `error` is the schema of errors."""

    def __init__(
        self, document: dict[str, Any], prefix: str, error: dict[str, Any] | None = None
    ) -> None:
        self.document = document
        self.prefix = prefix
        self.error = error or ERROR
        resource = Resource(contents=document, specification=DRAFT4)
        self._registry: Registry[Any] = Registry().with_resource("urn:spec", resource)
        templates = sorted(document["paths"], key=lambda path: path.count("{"))
        self._routes = [(self._pattern(path), path) for path in templates]

    def check(self, method: str, path: str, status: int, answer: object) -> None:
        """Raise `SpecError` unless `answer` is what this operation may answer."""
        if status >= 400:
            self._validate(self.error, answer, f"{method} {path} {status}")
            return
        template = self.template(method, path)
        operation = self.document["paths"][template][method.lower()]
        if str(status) not in operation["responses"]:
            raise SpecError(f"{method} {template} cannot answer {status}")
        content = operation["responses"][str(status)].get("content", {})
        if "schema" not in content.get("application/json", {"schema": None}):
            return
        if "application/json" not in content:
            if answer is not None:
                raise SpecError(f"{method} {template} answers {status} without a body")
            return
        steps = (template, method.lower(), "responses", str(status), "content")
        self._follow((*steps, "application/json", "schema"), answer)

    def check_request(self, method: str, path: str, body: object) -> None:
        """Raise `SpecError` unless `body` is what this operation takes."""
        operation = self.document["paths"][self.template(method, path)][method.lower()]
        given = operation["requestBody"]
        reference = given.get("$ref")
        if reference:
            given = self.document["components"]["requestBodies"][reference.rpartition("/")[2]]
        schema = given["content"]["application/json"]["schema"]
        self._validate(schema, body, f"{method} {path} request")

    def _pattern(self, path: str) -> re.Pattern[str]:
        parts = re.split(r"\{[^}]+\}", self.prefix + path)
        return re.compile("[^/]+".join(map(re.escape, parts)))

    def template(self, method: str, path: str) -> str:
        """Return the path of an operation, with its parameters in braces. Raise SpecError."""
        for pattern, template in self._routes:
            if pattern.fullmatch(path) and method.lower() in self.document["paths"][template]:
                return str(template)
        raise SpecError(f"{method} {path} is not in the specification")

    def _follow(self, steps: tuple[str, ...], answer: object) -> None:
        pointer = "/".join(one.replace("~", "~0").replace("/", "~1") for one in steps)
        self._validate({"$ref": f"urn:spec#/paths/{pointer}"}, answer, pointer)

    def _validate(self, schema: dict[str, Any], answer: object, what: str) -> None:
        text = json.dumps(schema).replace('"#/', '"urn:spec#/')
        validator = OAS30Validator(
            json.loads(text), registry=self._registry, format_checker=oas30_format_checker
        )
        problems = [
            f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(answer)
        ]
        if problems:
            raise SpecError(f"{what}: {'; '.join(problems)}")


def load_v2(directory: Path) -> Spec:
    document = json.loads((directory / V2).read_text(encoding="utf-8"))
    return Spec(patched(document), "/wiki/api/v2")


def load_v1(directory: Path) -> Spec:
    """Return the rest of Cloud's v1, where some answers name their character set.

    Its text says "Null or content state", its schema knows no null.
    """
    text = (directory / V1).read_text(encoding="utf-8")
    document = json.loads(text.replace('"application/json;charset=UTF-8"', '"application/json"'))
    document["components"]["schemas"]["ContentState"]["nullable"] = True
    return Spec(document, "")


def load_dc(directory: Path) -> Spec:
    """Return Data Center's document, which takes a list of attachments for a 201, or for one."""
    document = json.loads((directory / DC).read_text(encoding="utf-8"))
    files = document["paths"]["/rest/api/content/{id}/child/attachment"]
    files["get"]["responses"]["200"] = files["get"]["responses"].pop("201")
    files["post"]["responses"]["200"] = files["get"]["responses"]["200"]
    schemas = document["components"]["schemas"]
    schemas["Content"]["required"] = ["id", "type", "status", "title"]
    schemas["Version"]["required"] = ["number"]
    schemas["Space"]["required"] = ["id", "key", "name"]
    return Spec(document, "", V1_ERROR)


def load_dc_requests(directory: Path) -> Spec:
    """Return the same for requests, which say only what they change."""
    return Spec(json.loads((directory / DC).read_text(encoding="utf-8")), "", V1_ERROR)


def patched(document: dict[str, Any]) -> dict[str, Any]:
    """`document` made as strict, and as lenient, as the servers are."""
    schemas = document["components"]["schemas"]
    for name in PAGES:
        schemas[name]["required"] = ["id", "status", "title", "spaceId", "version"]
        for field in ("parentId", "ownerId"):
            schemas[name]["properties"][field]["nullable"] = True
    for name in POSTS:
        schemas[name]["required"] = ["id", "status", "title", "spaceId", "version", "createdAt"]
    for name in ("FolderSingle", "WhiteboardSingle"):
        schemas[name]["properties"]["parentId"]["nullable"] = True
    for name in ("Version", "PageVersion", "BlogPostVersion"):
        schemas[name]["required"] = ["number"]
        schemas[name]["properties"]["message"]["nullable"] = True
    for field in ("timeZone", "personalSpaceId"):
        schemas["User"]["properties"][field]["nullable"] = True
    schemas["ParentContentType"]["nullable"] = True
    schemas["ParentContentType"]["enum"].append(None)
    schemas["MultiEntityLinks"]["required"] = ["base"]
    kinds = ("Page", "BlogPost", "CustomContent")
    for name in (f"{kind}{what}Request" for kind in kinds for what in ("Create", "Update")):
        schema = document["components"]["requestBodies"][name]["content"]["application/json"]
        body = schema["schema"]["properties"]["body"]
        body["anyOf"] = body.pop("oneOf")
    for name in (f"{do}{kind}Comment" for do in ("Create", "Update") for kind in COMMENTS):
        body = schemas[f"{name}Model"]["properties"]["body"]
        body["anyOf"] = body.pop("oneOf")
    for path in document["paths"].values():
        for operation in path.values():
            content = operation["responses"].get("200", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema", {})
            if "results" in schema.get("properties", {}):
                schema["required"] = ["results", "_links"]
    return document  # type: ignore[no-any-return]

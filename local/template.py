"""Reads a SAM template and expands it the way CloudFormation would, without AWS."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import yaml
from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

# Where `sam package` would have put the code. The transform wants a bucket; nothing ever reads it.
_PACKAGED = {"Bucket": "local", "Key": "code"}


class TemplateError(Exception):
    """The template, or a parameter given for it, cannot be run here. The message says what and where."""


@dataclass(frozen=True)
class Template:
    """A transformed template: only plain CloudFormation resources are left.

    `code` maps a function's logical id to the folders its handler is imported from: its own `CodeUri`
    first, then the `ContentUri` of each of its layers.
    """

    parameters: Mapping[str, Mapping[str, Any]]
    conditions: Mapping[str, Any]
    resources: Mapping[str, Mapping[str, Any]]
    outputs: Mapping[str, Mapping[str, Any]]
    code: Mapping[str, tuple[Path, ...]]

    def of_type(self, resource_type: str) -> dict[str, Mapping[str, Any]]:
        """The resources of one type, by logical id."""
        return {name: each for name, each in self.resources.items() if each["Type"] == resource_type}


def read_template(path: Path, region: str) -> Template:
    """Read and transform the template at `path`. Raises TemplateError if it cannot be."""
    try:
        document = yaml_parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise TemplateError(f"There is no template at {path}.") from None
    except yaml.YAMLError as error:
        raise TemplateError(f"{path} is not YAML: {error}") from error
    code = _code_folders(document, path.parent)
    _package(document)
    transformed = _transform(document, region)
    return Template(
        parameters=transformed.get("Parameters", {}),
        conditions=transformed.get("Conditions", {}),
        resources=transformed["Resources"],
        outputs=transformed.get("Outputs", {}),
        code=code,
    )


def parameter_values(template: Template, given: Mapping[str, str]) -> dict[str, str]:
    """Every parameter's value: the given one or the default, checked as CloudFormation checks them."""
    unknown = sorted(set(given) - set(template.parameters))
    if unknown:
        known = ", ".join(sorted(template.parameters)) or "none"
        raise TemplateError(f"The template has no parameter {unknown[0]!r}. It has: {known}.")
    values = {}
    for name, declared in template.parameters.items():
        if name not in given and "Default" not in declared:
            raise TemplateError(f"Parameter {name} has no default. Give it: --parameter {name}=VALUE")
        value = str(given.get(name, declared.get("Default")))
        allowed = [str(each) for each in declared.get("AllowedValues", [])]
        if allowed and value not in allowed:
            raise TemplateError(f"Parameter {name} is {value!r}; it may be {', '.join(allowed)}.")
        pattern = declared.get("AllowedPattern")
        if pattern and not re.fullmatch(pattern, value):
            raise TemplateError(f"Parameter {name} is {value!r}, which does not match {pattern}.")
        values[name] = value
    return values


def _code_folders(document: Mapping[str, Any], root: Path) -> dict[str, tuple[Path, ...]]:
    shared = document.get("Globals", {}).get("Function", {})
    layers = {
        name: (root / resource["Properties"]["ContentUri"]).resolve()
        for name, resource in document["Resources"].items()
        if resource["Type"] == "AWS::Serverless::LayerVersion"
    }
    folders = {}
    for name, resource in document["Resources"].items():
        if resource["Type"] != "AWS::Serverless::Function":
            continue
        properties = resource["Properties"]
        own = properties.get("CodeUri", shared.get("CodeUri"))
        if not isinstance(own, str):
            raise TemplateError(f"{name} needs a CodeUri that is a folder beside the template.")
        used = [*shared.get("Layers", []), *properties.get("Layers", [])]
        folders[name] = (
            (root / own).resolve(),
            *(layers[layer["Ref"]] for layer in used if layer.get("Ref") in layers),
        )
    return folders


def _package(document: dict[str, Any]) -> None:
    """Replace local folders by a bucket, as `sam package` does before the transform sees the template."""
    shared = document.get("Globals", {}).get("Function", {})
    if "CodeUri" in shared:
        shared["CodeUri"] = dict(_PACKAGED)
    for resource in document["Resources"].values():
        properties = resource.get("Properties", {})
        for key in ("CodeUri", "ContentUri"):
            if isinstance(properties.get(key), str):
                properties[key] = dict(_PACKAGED)


def _transform(document: dict[str, Any], region: str) -> dict[str, Any]:
    # Language extensions only let DeletionPolicy take a parameter, and nothing is ever deleted here.
    document["Transform"] = "AWS::Serverless-2016-10-31"
    translator = Translator({}, Parser(), boto_session=boto3.session.Session(region_name=region))
    try:
        transformed: dict[str, Any] = translator.translate(document, {})
    except InvalidDocumentException as error:
        causes = "; ".join(cause.message for cause in error.causes)
        raise TemplateError(f"The template cannot be transformed: {causes}") from error
    return transformed

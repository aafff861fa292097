"""The template's intrinsic functions mean on one machine what CloudFormation makes of them."""

from __future__ import annotations

from typing import Any

import pytest
from local_fixture.running import TEMPLATE

from local.intrinsics import Resolver
from local.template import Template, TemplateError, parameter_values, read_template


def _resolver(**parameters: str) -> Resolver:
    template = Template(
        parameters={},
        conditions={
            "IsLarge": {"Fn::Equals": [{"Ref": "Size"}, "large"]},
            "IsRed": {"Fn::Equals": [{"Ref": "Colour"}, "red"]},
            "Either": {"Fn::Or": [{"Condition": "IsLarge"}, {"Condition": "IsRed"}]},
            "Both": {"Fn::And": [{"Condition": "IsLarge"}, {"Condition": "IsRed"}]},
            "Small": {"Fn::Not": [{"Condition": "IsLarge"}]},
        },
        resources={"Table": {"Type": "AWS::DynamoDB::Table"}},
        outputs={},
        code={},
    )
    known = {None: "the-table", "Arn": "arn:the-table"}
    return Resolver(
        template,
        {"Size": "small", "Colour": "blue", **parameters},
        {"AWS::Region": "eu-west-1"},
        lambda logical_id, attribute: known[attribute],
    )


@pytest.mark.parametrize(
    ("node", "meaning"),
    [
        ({"Ref": "Size"}, "small"),
        ({"Ref": "AWS::Region"}, "eu-west-1"),
        ({"Ref": "Table"}, "the-table"),
        ({"Fn::GetAtt": ["Table", "Arn"]}, "arn:the-table"),
        ({"Fn::GetAtt": "Table.Arn"}, "arn:the-table"),
        ({"Fn::Sub": "${Size} ${Table} ${Table.Arn}"}, "small the-table arn:the-table"),
        ({"Fn::Sub": "${!Size} ${AWS::Region}"}, "${Size} eu-west-1"),
        ({"Fn::Sub": ["${Own}/${Size}", {"Own": {"Ref": "Colour"}}]}, "blue/small"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Size"}]]}, "a-small"),
        ({"Fn::Select": ["1", {"Fn::Split": ["/", "a/b/c"]}]}, "b"),
        ({"Fn::If": ["IsLarge", 1, {"Ref": "Colour"}]}, "blue"),
        ({"Fn::If": ["IsLarge", 1, {"Ref": "AWS::NoValue"}]}, None),
        ([1, {"Ref": "AWS::NoValue"}], [1]),
        ({"kept": 1, "gone": {"Ref": "AWS::NoValue"}}, {"kept": 1}),
        ({"Condition": {"StringEquals": {"a": {"Ref": "Size"}}}}, {"Condition": {"StringEquals": {"a": "small"}}}),
    ],
)
def test_an_intrinsic_function_becomes_its_value(node: Any, meaning: Any) -> None:
    assert _resolver().value(node) == meaning


@pytest.mark.parametrize(
    ("parameters", "holding"),
    [
        ({}, {"Small"}),
        ({"Size": "large"}, {"IsLarge", "Either"}),
        ({"Size": "large", "Colour": "red"}, {"IsLarge", "IsRed", "Either", "Both"}),
    ],
)
def test_conditions_combine(parameters: dict[str, str], holding: set[str]) -> None:
    resolver = _resolver(**parameters)
    names = ("IsLarge", "IsRed", "Either", "Both", "Small")
    assert {name for name in names if resolver.condition(name)} == holding


@pytest.mark.parametrize(
    ("node", "complaint"),
    [
        ({"Ref": "Nobody"}, "'Nobody'"),
        ({"Fn::Cidr": ["10.0.0.0/16", 1, 8]}, "Fn::Cidr"),
        ({"Fn::If": ["Unknown", 1, 2]}, "no condition 'Unknown'"),
    ],
)
def test_what_cannot_be_resolved_is_named(node: Any, complaint: str) -> None:
    with pytest.raises(TemplateError, match=complaint):
        _resolver().value(node)


def test_a_parameter_has_its_default_unless_given() -> None:
    values = parameter_values(read_template(TEMPLATE, "eu-west-1"), {"Greeting": "good day"})
    assert values == {"DelaySeconds": "120", "Greeting": "good day", "Colour": "red"}


@pytest.mark.parametrize(
    ("given", "complaint"),
    [({"Color": "red"}, "no parameter 'Color'.*Colour"), ({"Colour": "blue"}, "may be red, green")],
)
def test_a_wrong_parameter_is_refused_with_what_is_right(given: dict[str, str], complaint: str) -> None:
    with pytest.raises(TemplateError, match=complaint):
        parameter_values(read_template(TEMPLATE, "eu-west-1"), given)


def test_a_missing_template_is_said_to_be_missing() -> None:
    with pytest.raises(TemplateError, match=r"no template at .*nowhere\.yaml"):
        read_template(TEMPLATE.with_name("nowhere.yaml"), "eu-west-1")


def test_code_folders_are_the_function_then_its_layers() -> None:
    template = read_template(TEMPLATE, "eu-west-1")
    own, layer = template.code["WebFunction"]
    assert own == TEMPLATE.with_name("code")
    assert (layer / "hearback" / "clock.py").exists()

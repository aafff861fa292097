"""House rules of template.yaml, held against what SAM makes of it: what is checked is what gets deployed."""

import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest

from local.template import Template, read_template

ROOT = Path(__file__).parents[2]
FUNCTION = "AWS::Lambda::Function"
QUEUE = "AWS::SQS::Queue"
TABLE = "AWS::DynamoDB::Table"


@pytest.fixture(scope="module")
def transformed() -> Template:
    return read_template(ROOT / "template.yaml", region="eu-west-1")


def named(value: Any) -> str | None:
    """The logical id a `Ref` or `GetAtt` points at, None for anything else."""
    if isinstance(value, dict) and "Ref" in value:
        return str(value["Ref"])
    if isinstance(value, dict) and "Fn::GetAtt" in value:
        return str(value["Fn::GetAtt"][0])
    return None


def references(value: Any) -> Iterator[str]:
    """Every logical id that `value` refers to, at any depth."""
    if isinstance(value, list):
        for each in value:
            yield from references(each)
    elif isinstance(value, dict):
        if (target := named(value)) is not None:
            yield target
        substituted = value.get("Fn::Sub", "")
        text = substituted if isinstance(substituted, str) else substituted[0]
        yield from re.findall(r"\$\{([A-Za-z0-9]+)[.}]", text)
        for each in value.values():
            yield from references(each)


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements(transformed: Template) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every statement of every role's policies, with the role's logical id."""
    for role, resource in transformed.of_type("AWS::IAM::Role").items():
        assert "ManagedPolicyArns" not in resource["Properties"], f"{role} takes what somebody else decides"
        for policy in resource["Properties"]["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                yield role, statement


def alarms(transformed: Template, namespace: str, metric: str) -> set[str | None]:
    """What an alarm that tells somebody watches by `metric`."""
    return {
        named(dimension["Value"])
        for alarm in transformed.of_type("AWS::CloudWatch::Alarm").values()
        for dimension in alarm["Properties"]["Dimensions"]
        if (alarm["Properties"]["Namespace"], alarm["Properties"]["MetricName"]) == (namespace, metric)
        and [named(action) for action in alarm["Properties"]["AlarmActions"]] == ["AlarmTopic"]
    }


def stream_mappings(transformed: Template) -> dict[str, dict[str, Any]]:
    """Stream mappings by the function they call."""
    return {
        str(named(mapping["Properties"]["FunctionName"])): dict(mapping["Properties"])
        for mapping in transformed.of_type("AWS::Lambda::EventSourceMapping").values()
        if named(mapping["Properties"]["EventSourceArn"]) in transformed.of_type(TABLE)
    }


def queue_mappings(transformed: Template) -> dict[str, str]:
    """The queue each function reads, by function."""
    return {
        str(named(mapping["Properties"]["FunctionName"])): str(named(mapping["Properties"]["EventSourceArn"]))
        for mapping in transformed.of_type("AWS::Lambda::EventSourceMapping").values()
        if named(mapping["Properties"]["EventSourceArn"]) in transformed.of_type(QUEUE)
    }


def asynchronous_targets(transformed: Template) -> list[dict[str, Any]]:
    """Targets of rules and schedules: who is called, and where an undeliverable call goes."""
    of_rules = [
        target for rule in transformed.of_type("AWS::Events::Rule").values() for target in rule["Properties"]["Targets"]
    ]
    of_schedules = [each["Properties"]["Target"] for each in transformed.of_type("AWS::Scheduler::Schedule").values()]
    return of_rules + of_schedules


def failure_queues(transformed: Template) -> set[str | None]:
    """Every queue that something failed can end in."""
    return (
        {
            named(mapping["DestinationConfig"]["OnFailure"]["Destination"])
            for mapping in stream_mappings(transformed).values()
        }
        | {
            named(queue["Properties"]["RedrivePolicy"]["deadLetterTargetArn"])
            for queue in transformed.of_type(QUEUE).values()
            if "RedrivePolicy" in queue["Properties"]
        }
        | {named(target["DeadLetterConfig"]["Arn"]) for target in asynchronous_targets(transformed)}
    )


class TestFunctions:
    def test_each_has_a_role_of_its_own_that_only_lambda_assumes(self, transformed: Template) -> None:
        roles = [named(function["Properties"]["Role"]) for function in transformed.of_type(FUNCTION).values()]

        assert len(roles) == len(set(roles)) == 6
        for role in roles:
            trust = transformed.resources[str(role)]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
            assert [statement["Principal"] for statement in trust] == [{"Service": "lambda.amazonaws.com"}]

    def test_each_has_a_log_group_of_its_own_that_forgets(self, transformed: Template) -> None:
        groups = [
            named(function["Properties"]["LoggingConfig"]["LogGroup"])
            for function in transformed.of_type(FUNCTION).values()
        ]

        assert len(groups) == len(set(groups)) == 6
        for group in groups:
            assert transformed.resources[str(group)]["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}

    def test_each_alarms_on_errors_and_throttles(self, transformed: Template) -> None:
        functions = set(transformed.of_type(FUNCTION))

        assert alarms(transformed, "AWS/Lambda", "Errors") == functions
        assert alarms(transformed, "AWS/Lambda", "Throttles") == functions

    def test_readers_of_the_stream_alarm_when_they_lag(self, transformed: Template) -> None:
        assert alarms(transformed, "AWS/Lambda", "IteratorAge") == set(stream_mappings(transformed))


class TestEventSources:
    def test_the_stream_has_two_readers_which_is_all_a_shard_allows(self, transformed: Template) -> None:
        assert set(stream_mappings(transformed)) == {"AggregateFunction", "FollowupStreamFunction"}

    def test_readers_of_the_stream_fail_in_part_give_up_and_say_where(self, transformed: Template) -> None:
        for mapping in stream_mappings(transformed).values():
            assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
            assert mapping["BisectBatchOnFunctionError"] is True
            assert mapping["MaximumRetryAttempts"] >= 0  # -1, the default, blocks a shard for a day
            assert mapping["MaximumRecordAgeInSeconds"] < 24 * 60 * 60  # the stream's own memory
            assert named(mapping["DestinationConfig"]["OnFailure"]["Destination"]) in transformed.of_type(QUEUE)

    def test_readers_of_the_stream_never_see_what_expired(self, transformed: Template) -> None:
        for mapping in stream_mappings(transformed).values():
            assert mapping["FilterCriteria"] == {"Filters": [{"Pattern": '{"eventName": ["INSERT", "MODIFY"]}'}]}

    def test_a_queue_that_is_read_redrives_and_outlasts_its_reader(self, transformed: Template) -> None:
        for function, queue in queue_mappings(transformed).items():
            properties = transformed.resources[queue]["Properties"]
            timeout = transformed.resources[function]["Properties"]["Timeout"]

            assert named(properties["RedrivePolicy"]["deadLetterTargetArn"]) in transformed.of_type(QUEUE)
            assert properties["RedrivePolicy"]["maxReceiveCount"] >= 5  # fewer and a throttled reader loses messages
            assert properties["VisibilityTimeout"] >= 6 * timeout

    def test_as_many_workers_run_at_once_as_share_the_mail_rate(self, transformed: Template) -> None:
        (queue,) = (
            mapping["Properties"]
            for mapping in transformed.of_type("AWS::Lambda::EventSourceMapping").values()
            if "ScalingConfig" in mapping["Properties"]
        )
        senders = [
            variables
            for function in transformed.of_type(FUNCTION).values()
            if "SENDER" in (variables := function["Properties"]["Environment"]["Variables"])
        ]

        assert queue["ScalingConfig"] == {"MaximumConcurrency": {"Ref": "MailWorkers"}}
        assert len(senders) == 2  # the worker, and the tick: the share is reckoned for one more than the workers
        for variables in senders:
            assert (variables["MAIL_RATE"], variables["MAIL_WORKERS"]) == ({"Ref": "MailRate"}, {"Ref": "MailWorkers"})

    def test_a_worker_that_hands_messages_back_is_not_stopped_for_it(self, transformed: Template) -> None:
        circling = {
            name
            for name, function in transformed.of_type(FUNCTION).items()
            if function["Properties"].get("RecursiveLoop") == "Allow"
        }

        assert circling == {"FollowupWorkerFunction"}

    def test_rules_and_schedules_have_a_dead_letter_queue(self, transformed: Template) -> None:
        targets = asynchronous_targets(transformed)

        assert {named(target["Arn"]) for target in targets} == {"MailEventFunction", "TickFunction"}
        for target in targets:
            assert named(target["DeadLetterConfig"]["Arn"]) in transformed.of_type(QUEUE)

    def test_eventbridge_may_write_to_its_dead_letter_queue(self, transformed: Template) -> None:
        dead_letters = {
            named(target["DeadLetterConfig"]["Arn"])
            for rule in transformed.of_type("AWS::Events::Rule").values()
            for target in rule["Properties"]["Targets"]
        }
        open_to_eventbridge = {
            named(statement["Resource"])
            for policy in transformed.of_type("AWS::SQS::QueuePolicy").values()
            for statement in policy["Properties"]["PolicyDocument"]["Statement"]
            if statement["Principal"] == {"Service": "events.amazonaws.com"} and "Condition" in statement
        }

        assert dead_letters == open_to_eventbridge

    def test_functions_called_asynchronously_have_an_on_failure_destination(self, transformed: Template) -> None:
        configured = {
            named(config["Properties"]["FunctionName"]): named(
                config["Properties"]["DestinationConfig"]["OnFailure"]["Destination"]
            )
            for config in transformed.of_type("AWS::Lambda::EventInvokeConfig").values()
        }

        assert set(configured) == {named(target["Arn"]) for target in asynchronous_targets(transformed)}
        assert set(configured.values()) <= set(transformed.of_type(QUEUE))

    def test_every_failure_queue_alarms_and_keeps_its_messages_for_two_weeks(self, transformed: Template) -> None:
        queues = failure_queues(transformed)

        assert alarms(transformed, "AWS/SQS", "ApproximateNumberOfMessagesVisible") == queues
        for queue in queues:
            assert transformed.resources[str(queue)]["Properties"]["MessageRetentionPeriod"] == 14 * 24 * 60 * 60

    def test_the_settling_time_is_one_that_sqs_can_delay(self, transformed: Template) -> None:
        assert transformed.parameters["SettleSeconds"]["MaxValue"] == 900
        assert transformed.resources["SettleQueue"]["Properties"]["DelaySeconds"] == {"Ref": "SettleSeconds"}


class TestPermissions:
    def test_every_action_is_a_single_one(self, transformed: Template) -> None:
        actions = [action for _, statement in statements(transformed) for action in as_list(statement["Action"])]

        assert actions
        assert [action for action in actions if "*" in action] == []

    def test_every_resource_is_named_but_where_the_api_has_none(self, transformed: Template) -> None:
        everywhere = {
            action
            for _, statement in statements(transformed)
            for resource in as_list(statement["Resource"])
            if resource == "*"
            for action in as_list(statement["Action"])
        }

        assert everywhere == {"dynamodb:ListStreams"}

    def test_no_statement_allows_by_exception(self, transformed: Template) -> None:
        for role, statement in statements(transformed):
            assert statement["Effect"] == "Allow", role
            assert not {"NotAction", "NotResource", "NotPrincipal"} & set(statement), role

    def test_mail_is_sent_only_from_the_configured_sender(self, transformed: Template) -> None:
        sending = [statement for _, statement in statements(transformed) if statement["Action"] == "ses:SendRawEmail"]

        assert len(sending) == 2
        for statement in sending:
            assert statement["Condition"] == {"StringEquals": {"ses:FromAddress": {"Ref": "SenderAddress"}}}

    def test_the_layer_has_a_client_for_every_api_a_role_allows_and_for_no_other(self, transformed: Template) -> None:
        clients = (ROOT / "layers/common/hearback/aws").glob("*.py")
        made = {api for path in clients for api in re.findall(r'create_client\("([a-z0-9-]+)"', path.read_text())}
        roles = {named(function["Properties"]["Role"]) for function in transformed.of_type(FUNCTION).values()}
        allowed = {
            action.split(":")[0]
            for role, statement in statements(transformed)
            if role in roles
            for action in as_list(statement["Action"])
        }

        assert {"ses" if api == "sesv2" else api for api in made} == allowed - {"logs"}  # logs are Lambda's own


class TestDoors:
    def routes(self, transformed: Template) -> dict[tuple[str, str], dict[str, Any]]:
        (api,) = transformed.of_type("AWS::ApiGatewayV2::Api").values()
        return {
            (method.upper(), path): operation
            for path, operations in api["Properties"]["Body"]["paths"].items()
            for method, operation in operations.items()
        }

    def test_routes_for_machines_and_only_those_ask_for_a_signature(self, transformed: Template) -> None:
        routes = self.routes(transformed)
        signed = {path for (_, path), operation in routes.items() if operation.get("security") == [{"AWS_IAM": []}]}

        assert signed == {path for _, path in routes if path.startswith("/v1/machine/")}
        assert signed

    def test_every_page_answers_head_as_well(self, transformed: Template) -> None:
        routes = self.routes(transformed)
        pages = {path for method, path in routes if method == "GET"}

        assert pages == {path for method, path in routes if method == "HEAD"}

    def test_preflight_requests_reach_the_function(self, transformed: Template) -> None:
        (api,) = transformed.of_type("AWS::ApiGatewayV2::Api").values()

        assert ("OPTIONS", "/v1/{proxy+}") in self.routes(transformed)
        assert "CorsConfiguration" not in api["Properties"]
        assert "x-amazon-apigateway-cors" not in api["Properties"]["Body"]

    def test_public_routes_are_throttled(self, transformed: Template) -> None:
        (stage,) = transformed.of_type("AWS::ApiGatewayV2::Stage").values()

        assert stage["Properties"]["DefaultRouteSettings"] == {
            "ThrottlingBurstLimit": {"Ref": "BurstLimit"},
            "ThrottlingRateLimit": {"Ref": "RateLimit"},
        }

    def test_access_logs_hold_neither_paths_nor_addresses(self, transformed: Template) -> None:
        (stage,) = transformed.of_type("AWS::ApiGatewayV2::Stage").values()
        logged = set(re.findall(r"\$context\.([\w.]+)", stage["Properties"]["AccessLogSettings"]["Format"]))

        assert "routeKey" in logged
        assert not {field for field in logged if "path" in field.lower() or field.startswith("identity")}


class TestData:
    def test_tables_are_encrypted_recoverable_and_kept(self, transformed: Template) -> None:
        tables = transformed.of_type(TABLE)

        assert len(tables) == 3
        for table in tables.values():
            assert table["Properties"]["BillingMode"] == "PAY_PER_REQUEST"
            assert table["Properties"]["SSESpecification"] == {"SSEEnabled": True}
            assert table["Properties"]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
            assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == {"Ref": "DataPolicy"}

    def test_data_is_kept_unless_somebody_asks(self, transformed: Template) -> None:
        assert transformed.parameters["DataPolicy"]["Default"] == "Retain"

    def test_secrets_are_made_by_the_template(self, transformed: Template) -> None:
        secrets = transformed.of_type("AWS::SecretsManager::Secret")

        assert set(secrets) == {"TokenSecret", "IdentitySecret", "ContactSecret"}
        for secret in secrets.values():
            assert "SecretString" not in secret["Properties"]
            assert (
                secret["Properties"]["GenerateSecretString"]["PasswordLength"] >= 43
            )  # 256 bits of letters and digits

    def test_the_contact_secret_outlives_the_stack_because_suppressions_hang_on_it(self, transformed: Template) -> None:
        assert transformed.resources["ContactSecret"]["DeletionPolicy"] == {"Ref": "DataPolicy"}

    def test_queues_are_encrypted(self, transformed: Template) -> None:
        for queue in transformed.of_type(QUEUE).values():
            assert queue["Properties"]["SqsManagedSseEnabled"] is True


class TestTheWhole:
    def test_nothing_waits_for_itself(self, transformed: Template) -> None:
        waits_for = {
            name: {target for target in references(resource) if target in transformed.resources}
            | set(as_list(resource.get("DependsOn", [])))
            for name, resource in transformed.resources.items()
        }

        order = list(TopologicalSorter(waits_for).static_order())  # raises CycleError, naming the circle

        assert set(order) == set(transformed.resources)

    def test_two_stacks_fit_into_one_account(self, transformed: Template) -> None:
        named_by_hand = {
            name: value
            for name, resource in transformed.resources.items()
            for key, value in resource.get("Properties", {}).items()
            if key in {"Name", "FunctionName", "LayerName", "QueueName", "RoleName", "TableName", "TopicName"}
            and named(value) is None
        }

        assert "TickFunctionEveryQuarter" in named_by_hand
        for name, value in named_by_hand.items():
            assert "${AWS::StackName}" in value["Fn::Sub"], name

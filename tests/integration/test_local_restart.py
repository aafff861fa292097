"""A stopped stack goes on where it was; changed code is picked up while it runs."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from local_fixture.running import TEMPLATE, ask_json, seen, small_stack, write_facts

from local.kept_state import DataInUse
from local.server import PortTaken
from local.stack import Stack


def _send_later(stack: Stack, about: str) -> None:
    stack.client("sqs").send_message(QueueUrl=stack.outputs["LaterUrl"], MessageBody=json.dumps({"about": about}))


def test_a_restart_keeps_everything(tmp_path: Path) -> None:
    with small_stack(tmp_path) as first:
        write_facts(first, "before", a="ok")
        _send_later(first, "held-over")
        first.wait_until_idle()
        first.advance(timedelta(days=2))
        first.wait_until_idle()
        _send_later(first, "still-held")
        first.wait_until_idle()
        mail = ask_json(first, "POST", "/do/mail", {"to": "kept@example.com", "subject": "Hello"})
        happened = {"EventBusName": first.outputs["Happenings"], "Source": "small", "DetailType": "A", "Detail": "{}"}
        ask_json(first, "POST", "/do/put-events", [happened])
        secret = first.client("secretsmanager").get_secret_value(SecretId=first.outputs["Secret"])
        time = first.now()
    with small_stack(tmp_path) as second:
        write_facts(second, "after", a="ok")
        held = second.wait_until_idle().held
        assert seen(second, "before") == [["a"]]  # and not a second time
        assert seen(second, "after") == [["a"]]
        assert (held, len(seen(second, "held-over")), seen(second, "still-held")) == (1, 1, [])
        assert timedelta() <= second.now() - time < timedelta(minutes=5)
        assert second.outbox.find(mail["id"]) is not None
        assert [event["detail-type"] for event in second.events()] == ["A"]
        again = second.client("secretsmanager").get_secret_value(SecretId=second.outputs["Secret"])
        assert again["SecretString"] == secret["SecretString"]
        second.advance(timedelta(minutes=3))
        second.wait_until_idle()
        [message] = seen(second, "still-held")
        assert message["attributes"]["ApproximateReceiveCount"] == "1"


def test_records_that_could_not_be_delivered_before_a_stop_come_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.stack._DRAIN_SECONDS", 0.0)
    with small_stack(tmp_path) as first:
        write_facts(first, "slow", a="exit", b="ok")
    with small_stack(tmp_path) as second:
        second.wait_until_idle()
        assert seen(second, "slow")[-1] == ["b"]


def test_a_fresh_start_forgets(tmp_path: Path) -> None:
    with small_stack(tmp_path) as first:
        write_facts(first, "forgotten", a="ok")
        first.wait_until_idle()
    with small_stack(tmp_path, fresh=True) as second:
        assert seen(second, "forgotten") == []


def test_changed_code_answers_the_next_request(tmp_path: Path) -> None:
    template = tmp_path / "small" / "template.yaml"
    shutil.copytree(TEMPLATE.parent, template.parent)
    layer = str((TEMPLATE.parent / "../../../layers/common/").resolve())
    template.write_text(template.read_text().replace("../../../layers/common/", layer))
    with Stack(tmp_path / "data", template=template, printed=lambda line: None) as stack:
        before = ask_json(stack, "POST", "/do/bare")
        handler = template.parent / "code" / "small" / "web.py"
        handler.write_text(handler.read_text().replace('["no", "status"]', '["changed", "code"]'))
        assert (before, ask_json(stack, "POST", "/do/bare")) == (["no", "status"], ["changed", "code"])


def test_two_stacks_do_not_share_a_port_or_a_folder(tmp_path: Path) -> None:
    with small_stack(tmp_path / "one") as stack:
        port = int(stack.url.rpartition(":")[2])
        with (
            pytest.raises(PortTaken, match=f"Port {port} is taken.* PORT={port + 1}"),
            small_stack(tmp_path / "two", port=port),
        ):
            pass
        with pytest.raises(DataInUse, match="Another local stack"), small_stack(tmp_path / "one"):
            pass

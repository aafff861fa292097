"""What botocore raises, as the domain's errors."""

from typing import Any

import pytest

from hearback.aws.dynamodb import Conflicted, RequestRefused, Table, TemporarilyUnavailable, TransactionFailed
from tests.fake_dynamodb import aws_error


@pytest.mark.parametrize(
    ("reasons", "raised"),
    [
        (["None", "ConditionalCheckFailed"], TransactionFailed),
        (["ConditionalCheckFailed", "TransactionConflict"], Conflicted),
        (["None", "TransactionConflict"], Conflicted),
        (["ThrottlingError", "None"], TemporarilyUnavailable),
        (["ProvisionedThroughputExceeded", "ConditionalCheckFailed"], TemporarilyUnavailable),
        (["None", "ValidationError"], RequestRefused),
        (["ValidationError", "TransactionConflict"], RequestRefused),
        (["ItemCollectionSizeLimitExceeded", "None"], RequestRefused),
    ],
)
def test_a_cancelled_transaction_says_what_can_be_done_about_it(reasons: list[str], raised: type[Exception]) -> None:
    class Cancelling:
        def transact_write_items(self, **_: object) -> None:
            causes = {"CancellationReasons": [{"Code": reason} for reason in reasons]}
            raise aws_error("TransactionCanceledException", "cancelled", causes)

    client: Any = Cancelling()

    with pytest.raises(raised) as caught:
        Table(client, "table").transact([{"Delete": {"Key": {"pk": "a", "sk": "b"}}}])

    assert type(caught.value) is raised

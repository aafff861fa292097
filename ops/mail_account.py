"""What SES says of the account that mails are sent from: for `hearback doctor`, and before mails are written."""

import math
from collections.abc import Iterator

from botocore.exceptions import BotoCoreError, ClientError

from ops.deployment import Deployment
from ops.finding import Finding
from ops.terminal import Stop

SENT_BY_ONE = 5
"""Mails a second that one worker manages; see docs/scale.md."""
LONGEST_GAP = 5
"""Seconds between two mails of one worker, beyond which there are more workers than their pace is good for."""
FEWEST_WORKERS, MOST_WORKERS = 2, 1000
"""What the template takes as MailWorkers."""
_EVENTS = frozenset({"SEND", "DELIVERY", "DELIVERY_DELAY", "BOUNCE", "COMPLAINT", "REJECT"})
"""What the configuration set must publish: they prove that a mail in doubt was accepted, and suppress."""


def sender(deployment: Deployment) -> Iterator[Finding]:
    """Whether SES lets the sender's address send, or else its domain or one above it, and signs what it sends."""
    address = deployment.output("Sender")
    domain = address.rpartition("@")[2]
    ses = deployment.client("sesv2")
    parts = domain.split(".")
    for identity in (address, *(".".join(parts[first:]) for first in range(max(len(parts) - 1, 1)))):
        try:
            found = ses.get_email_identity(EmailIdentity=identity)
        except ses.exceptions.NotFoundException:
            continue
        break
    else:
        do = f"aws sesv2 create-email-identity --email-identity {domain}, then set the DNS records it returns"
        yield Finding("sender", "fail", f"neither {address} nor {domain} is an identity in SES", do)
        return
    if found["VerifiedForSendingStatus"]:
        yield Finding("sender", "ok", f"{identity} is verified for {address}")
    else:
        do = "set the DNS records (domain), or follow the link in the mail SES sent (address)"
        yield Finding("sender", "fail", f"{identity} is not verified yet", do)
    dkim = found.get("DkimAttributes", {})
    if dkim.get("SigningEnabled") and dkim.get("Status") == "SUCCESS":
        yield Finding("DKIM", "ok", f"mails of {identity} are signed")
    else:
        tokens = ", ".join(f"{token}._domainkey.{domain}" for token in dkim.get("Tokens", []))
        do = f"set the CNAME records {tokens}" if tokens else f"verify the domain {domain} in SES with Easy DKIM"
        yield Finding("DKIM", "warn", f"mails of {identity} are not signed ({dkim.get('Status', 'off')})", do)


def unfit_sender(deployment: Deployment) -> Finding | None:
    """Why no mail can go out. None too where that cannot be asked: not everybody who invites may read SES."""
    if deployment.local:
        return None
    try:
        return next((finding for finding in sender(deployment) if finding.verdict == "fail"), None)
    except (BotoCoreError, ClientError, Stop):
        return None


def sending(deployment: Deployment) -> Iterator[Finding]:
    """The sandbox, how much may be sent in a day, and whether the deployment keeps the pace that SES allows."""
    found = deployment.client("sesv2").get_account()
    if not found["SendingEnabled"]:
        yield Finding(
            "sending", "fail", f"SES has paused sending ({found['EnforcementStatus']})", "see the SES console"
        )
    if found["ProductionAccessEnabled"]:
        yield Finding("sandbox", "ok", "the account may mail anybody")
    else:
        do = "ask for production access in the SES console; until then only verified addresses get mail"
        yield Finding("sandbox", "warn", "the account is in the SES sandbox", do)
    quota = found["SendQuota"]
    yield _quota(quota["Max24HourSend"], quota["SentLast24Hours"])
    rate, workers = float(deployment.output("MailRate")), int(deployment.output("MailWorkers"))
    yield from pace(rate, workers, quota["MaxSendRate"], quota["Max24HourSend"])


def _quota(most: float, sent: float) -> Finding:
    if most < 0:
        return Finding("quota", "ok", f"{sent:,.0f} mails sent in 24 hours, of as many as you like")
    words = f"{sent:,.0f} of {most:,.0f} mails sent in 24 hours"
    if sent < 0.8 * most:
        return Finding("quota", "ok", words)
    return Finding("quota", "warn", words, "ask for a higher quota in Service Quotas before inviting more people")


def pace(rate: float, workers: int, allowed: float, daily: float) -> Iterator[Finding]:
    """Whether MailRate and MailWorkers fit each other and the account, which takes `allowed` mails a second.

    `daily`: how many it takes in 24 hours; negative is without a limit.
    """
    if rate > allowed:
        words = f"MailRate is {rate:g} mails a second and SES takes {allowed:g}; the others queue again and again"
        do = f"deploy with {_parameters(allowed)}, or ask for a higher rate in Service Quotas"
        yield Finding("pace", "warn", words, do)
        return
    share = rate / (workers + 1)  # one more is the tick, with its digests
    do = f"deploy with MailWorkers={workers_for(rate)}"
    if share > SENT_BY_ONE and workers < workers_for(rate):
        words = f"{workers:,} workers manage about {workers * SENT_BY_ONE:,} of the {rate:g} mails a second of MailRate"
        yield Finding("pace", "warn", words, do)
    elif share < 1 / LONGEST_GAP and workers > workers_for(rate):
        words = f"{workers:,} workers share {rate:g} mails a second, so each waits {1 / share:,.0f} s after every mail"
        yield Finding("pace", "warn", words, do)
    else:
        lasts = f"; a day's {daily:,.0f} last {_span(daily / rate)} at that pace" if daily > 0 else ""
        words = f"MailRate is {rate:g} of the {allowed:g} mails a second that SES takes{lasts}"
        more = f"if only Hearback mails from this account: deploy with {_parameters(allowed)}" if rate < allowed else ""
        yield Finding("pace", "ok", words, more)


def workers_for(rate: float) -> int:
    """How many workers send so many mails a second, within what the template takes."""
    return min(max(math.ceil(rate / SENT_BY_ONE), FEWEST_WORKERS), MOST_WORKERS)


def _parameters(rate: float) -> str:
    return f"MailRate={rate:g} MailWorkers={workers_for(rate)}"


def _span(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds < 7200 else f"{seconds / 3600:.0f} hours"


def mail_events(deployment: Deployment) -> Iterator[Finding]:
    """Whether SES tells what became of each mail."""
    name = deployment.output("ConfigurationSet")
    found = deployment.client("sesv2").get_configuration_set_event_destinations(ConfigurationSetName=name)
    told = {
        event
        for destination in found.get("EventDestinations", [])
        if destination["Enabled"] and "EventBridgeDestination" in destination
        for event in destination["MatchingEventTypes"]
    }
    if missing := _EVENTS - told:
        yield Finding("mail events", "fail", f"{name} does not publish {', '.join(sorted(missing))}", "deploy again")
    else:
        yield Finding("mail events", "ok", f"{name} publishes what became of each mail")

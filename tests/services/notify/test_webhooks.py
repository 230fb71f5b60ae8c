"""Webhooks decided in memory: each once, in the order of its ticket, to addresses that answer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook as Receiver

from contracts.refusal import Refusal
from infra.chassis.store.deliveries import Lease, Outcome
from services.notify.domain.line import Stream
from services.notify.domain.message import MessageKind
from services.notify.domain.staff import StaffMember, StaffRole
from services.notify.domain.subscription import (
    BOTH_SECRETS_FOR,
    RETRY_AFTER,
    TYPES,
    DisabledBecause,
    Secret,
    Subscription,
)
from services.notify.domain.webhook import Webhook, WebhookState
from services.notify.store.copies import Contacts, Customers
from services.notify.store.deliveries import Deliveries
from services.notify.store.staff import Staff
from services.notify.store.subscriptions import Feeds, Subscriptions, Webhooks
from services.notify.usecases.feed_webhooks import FeedWebhooks, Replay, SendTest, Unpark
from services.notify.usecases.settle_webhook import GONE, SettleWebhook
from services.notify.usecases.subscribe import ChangeSubscription, RotateSecret, Subscribe, Unsubscribe
from services.notify.usecases.take_webhook import MOST_ATTEMPTS, Taken, TakeWebhook
from services.notify.webhooks.signing import headers_of, secret_of
from tests.services.notify.people import ANNE, CLINIC
from tests.world import MONDAY_NINE, World

OLD, NEW = secret_of(b"o" * 32), secret_of(b"n" * 32)
ANSWERS = ANNE.model_copy(update={"role": "customer-manager"})


def subscription(**changes: object) -> Subscription:
    made = Subscription(
        id="s1",
        customer_id=CLINIC.customer_id,
        url="https://clinic.example/hook",
        secrets=(Secret(OLD),),
        created_by="portal",
        created_at=MONDAY_NINE,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def webhook(number: int, ticket: str = "t1") -> Webhook:
    return Webhook(f"msg_{number}", "s1", CLINIC.customer_id, "visit-planned", ticket, "{}", MONDAY_NINE)


@pytest.fixture
def world() -> World:
    made = World()
    made.give(Customers, CLINIC, CLINIC.customer_id)
    made.give(Contacts, ANSWERS, ANNE.contact_id)
    made.give(Staff, StaffMember("root", "Ada Root", StaffRole.ADMIN, email="ada@firm.example"))
    made.do(Subscribe(subscription(), dict.fromkeys(Stream, 10)))
    return made


def fed(world: World, *webhooks: Webhook, after: int = 10, upto: int = 20) -> None:
    world.do(FeedWebhooks("s1", Stream.VISITS, after, upto, webhooks))


def taken(world: World, number: int, at: datetime | None = None) -> Taken | None:
    at = at or world.clock.now()
    return world.do(TakeWebhook(f"msg_{number}", Lease("me", at, at + timedelta(seconds=30))))


def settled(world: World, number: int, why: str | None = None, *, again: bool = True) -> None:
    now = world.clock.now()
    retry_at = now + timedelta(seconds=5) if why and again else None
    world.do(SettleWebhook(f"msg_{number}", Outcome("me", why, retry_at, now)))


def states(world: World) -> dict[str, WebhookState]:
    return {each.id: each.state for each in world.all(Webhooks)}


def test_what_happened_to_a_ticket_is_sent_in_its_order_and_other_tickets_do_not_wait(world: World) -> None:
    fed(world, webhook(1), webhook(2), webhook(3, "t2"))
    assert taken(world, 2) is None
    assert taken(world, 3) is not None
    assert taken(world, 1) is not None
    settled(world, 1)
    assert taken(world, 2) is not None
    assert states(world) == {
        "msg_1": WebhookState.SENT,
        "msg_2": WebhookState.SENDING,
        "msg_3": WebhookState.SENDING,
    }


def test_who_has_sent_one_goes_on_with_the_next_of_its_ticket_unless_he_stops(world: World) -> None:
    fed(world, webhook(1), webhook(2), webhook(3))
    taken(world, 1)
    outcome = Outcome("me", ended_at=world.clock.now(), goes_on=True)
    following = world.do(SettleWebhook("msg_1", outcome))
    assert following is not None
    assert (following.id, following.webhook.attempts) == ("msg_2", 1)
    assert world.do(SettleWebhook("msg_2", replace(outcome, goes_on=False))) is None
    assert taken(world, 3) is not None


def test_two_replicas_that_read_the_same_lines_take_them_up_once(world: World) -> None:
    fed(world, webhook(1))
    taken(world, 1)
    settled(world, 1)
    fed(world, webhook(1))
    assert states(world) == {"msg_1": WebhookState.SENT}
    assert world.have(Feeds, "s1").positions[Stream.VISITS] == 20


def test_one_that_never_arrives_is_given_up_after_three_days_and_lets_the_next_one_go(world: World) -> None:
    assert timedelta(days=2, hours=20) < sum(RETRY_AFTER, timedelta()) <= timedelta(days=3)
    fed(world, webhook(1), webhook(2))
    for _ in range(MOST_ATTEMPTS - 1):
        assert taken(world, 1) is not None
        settled(world, 1, "500 no")
        world.do(ChangeSubscription("s1", enabled=True))
        world.advance(timedelta(seconds=6))
    assert taken(world, 1) is not None
    settled(world, 1, "500 no", again=False)
    world.do(ChangeSubscription("s1", enabled=True))
    assert states(world)["msg_1"] is WebhookState.FAILED
    assert taken(world, 2) is not None


def test_an_address_that_does_not_answer_is_tried_with_one_message_at_a_time(world: World) -> None:
    fed(world, *(webhook(number, f"t{number}") for number in range(1, 5)))
    for number in (1, 2):
        taken(world, number)
        settled(world, number, "ConnectError")
    assert taken(world, 3) is None
    assert (world.have(Webhooks, "msg_3").attempts, world.have(Webhooks, "msg_3").parked) == (0, True)
    world.advance(RETRY_AFTER[0])
    world.do(Unpark("msg_3"))
    assert taken(world, 3) is not None
    assert taken(world, 4) is None
    settled(world, 3)
    world.do(Unpark("msg_4"))
    assert taken(world, 4) is not None
    assert taken(world, 1) is not None


def test_one_message_that_is_not_taken_holds_no_other_up(world: World) -> None:
    fed(world, *(webhook(number, f"t{number}") for number in range(1, 4)))
    for number in (1, 2):
        taken(world, 1)
        settled(world, 1, "500 no")
        assert taken(world, number + 1) is not None
        settled(world, number + 1)
        world.advance(timedelta(minutes=1))


def test_a_day_without_an_answer_disables_it_and_tells_the_customers_manager_and_the_administrators(
    world: World,
) -> None:
    fed(world, webhook(1), webhook(2, "t2"))
    taken(world, 1)
    settled(world, 1, "503 down")
    world.advance(timedelta(hours=23))
    taken(world, 1)
    settled(world, 1, "503 down")
    assert world.have(Subscriptions, "s1").enabled
    world.advance(timedelta(hours=1))
    taken(world, 1)
    settled(world, 1, "503 down")
    assert world.have(Subscriptions, "s1").disabled_because is DisabledBecause.FAILING
    told = {each.message.recipient.id: each.message for each in world.all(Deliveries)}
    assert {id: each.kind for id, each in told.items()} == {
        ANNE.contact_id: MessageKind.WEBHOOK_DISABLED,
        "root": MessageKind.CLIENT_WEBHOOK_DISABLED,
    }
    assert told["root"].details.since_at == MONDAY_NINE
    world.advance(timedelta(days=1))
    assert taken(world, 1) is None
    assert taken(world, 2) is None


def test_an_answer_in_between_begins_the_day_anew(world: World) -> None:
    fed(world, webhook(1), webhook(2, "t2"))
    taken(world, 1)
    settled(world, 1, "503 down")
    world.advance(timedelta(hours=20))
    taken(world, 1)
    settled(world, 1)
    world.advance(timedelta(hours=20))
    taken(world, 2)
    settled(world, 2, "503 down")
    assert world.have(Subscriptions, "s1").enabled


def test_an_address_that_says_it_is_gone_is_disabled_at_once_and_enabled_goes_on_where_it_was(
    world: World,
) -> None:
    fed(world, webhook(1))
    taken(world, 1)
    settled(world, 1, f"{GONE}410", again=False)
    assert world.have(Subscriptions, "s1").disabled_because is DisabledBecause.GONE
    fed(world, webhook(2), after=20, upto=30)
    assert world.have(Feeds, "s1").positions[Stream.VISITS] == 20
    assert taken(world, 1) is None
    world.do(ChangeSubscription("s1", enabled=True))
    world.do(Unpark("msg_1"))
    fed(world, webhook(2), after=20, upto=30)
    assert taken(world, 1) is not None
    settled(world, 1)
    assert taken(world, 2) is not None


def test_replayed_it_is_sent_again_with_the_same_id_and_bytes(world: World) -> None:
    fed(world, webhook(1))
    first = taken(world, 1)
    settled(world, 1)
    world.do(Replay("s1", {Stream.VISITS: 15, Stream.TICKETS: 50}))
    assert world.have(Feeds, "s1").positions == {Stream.VISITS: 15, Stream.TICKETS: 10, Stream.SLA: 10}
    fed(world, webhook(1), after=15)
    again = taken(world, 1)
    assert first is not None
    assert again is not None
    assert world.have(Feeds, "s1").replays == 1
    assert (again.webhook.id, again.webhook.body) == (first.webhook.id, first.webhook.body)


def test_what_waits_already_is_not_queued_a_second_time_by_a_replay(world: World) -> None:
    fed(world, webhook(1), webhook(2))
    world.do(Replay("s1", {Stream.VISITS: 10}))
    fed(world, webhook(1), webhook(2))
    taken(world, 1)
    settled(world, 1)
    taken(world, 2)
    settled(world, 2)
    assert set(states(world).values()) == {WebhookState.SENT}


def test_after_a_rotation_receivers_with_either_secret_accept_until_the_old_one_ends(world: World) -> None:
    world.do(RotateSecret("s1", NEW, BOTH_SECRETS_FOR))
    fed(world, webhook(1), webhook(2, "t2"))
    both = taken(world, 1)
    assert both is not None
    stamp = int(datetime.now(UTC).timestamp())
    signed = headers_of("msg_1", stamp, b"{}", both.secrets)
    assert [Receiver(secret).verify("{}", dict(signed)) for secret in (OLD, NEW)] == [{}, {}]
    world.advance(BOTH_SECRETS_FOR)
    one = taken(world, 2)
    assert one is not None
    assert one.secrets == (NEW,)


def test_secrets_do_not_pile_up(world: World) -> None:
    for each in range(3):
        world.do(RotateSecret("s1", secret_of(bytes([each]) * 32), BOTH_SECRETS_FOR))
    with pytest.raises(Refusal, match="too-many-secrets"):
        world.do(RotateSecret("s1", NEW, BOTH_SECRETS_FOR))
    world.do(RotateSecret("s1", NEW, timedelta()))
    assert world.have(Subscriptions, "s1").secrets_at(world.clock.now()) == (NEW,)


def test_a_test_goes_beside_everything_else(world: World) -> None:
    fed(world, webhook(1))
    taken(world, 1)
    world.do(SendTest(webhook(9, "msg_9")))
    assert taken(world, 9) is not None


def test_what_was_on_its_way_to_a_subscription_that_is_no_more_goes_nowhere(world: World) -> None:
    fed(world, webhook(1))
    world.do(Unsubscribe("s1"))
    assert taken(world, 1) is None


def test_the_firms_own_business_is_no_type_to_subscribe_to() -> None:
    assert "visit-planned" in TYPES
    assert "ticket-noted" in TYPES
    assert "dispatch-declined" not in TYPES

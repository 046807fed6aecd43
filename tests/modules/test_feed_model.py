"""The feed against a model, with crashes: `tests.modules.feed_machine`."""

import pytest

from tests.modules.feed_machine import Feed, follow

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_feed_tells_what_is_true_whatever_dies():
    follow(Feed, examples=6, steps=25)


@pytest.mark.soak
def test_the_feed_tells_what_is_true_for_long():
    follow(Feed, examples=100, steps=80)

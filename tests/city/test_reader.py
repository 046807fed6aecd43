"""The card reader of the desks: empty, a card on it, proven for a challenge."""

from juzhu.ports.reader import proof


def test_an_empty_reader_says_so(call):
    call.post_json("/reader", {})

    assert call.get("/reader/card?challenge=c").status == 404


def test_a_card_is_read_and_proven_for_the_challenge_alone(call):
    person = call.get("/people.json").json[0]
    call.post_json("/reader", {"id_number": person["id_number"]})

    one, other = (call.get(f"/reader/card?challenge={c}").json for c in ("one", "other"))

    assert (one["number"], one["name"]) == (person["id_number"], person["name"])
    assert one["proof"] != other["proof"]
    assert one["proof"] == proof(
        secret=call.city.secret, challenge="one", number=one["number"], name=one["name"]
    )
    call.post_json("/reader", {})

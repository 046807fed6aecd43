"""Everything held about a person, gathered for themselves (个人信息保护法 第四十五条).

Once as JSON to be taken elsewhere, once as a document to be read: both from the same entries. What
is somebody else's stays masked: a collecting agent's name, the numbers of officers.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.utils.timezone import localtime

from juzhu import wiring, wiring_copies
from juzhu.domain.identity import mask_name
from juzhu.domain.vocabulary import PermitState
from juzhu.journeys.my_data_labels import SECTIONS
from juzhu.journeys.my_data_page import page
from juzhu.modules.audit import queries as audit
from juzhu.modules.audit.contracts import DataSubject, LookView
from juzhu.modules.cards import queries as cards
from juzhu.modules.cases import queries as cases
from juzhu.modules.cases.contracts import CaseView
from juzhu.modules.copies import queries as copies
from juzhu.modules.copies import services as copy_services
from juzhu.modules.disputes import queries as disputes
from juzhu.modules.lives import asked
from juzhu.modules.lives import queries as lives
from juzhu.modules.mandates import queries as mandates
from juzhu.modules.notices import bindings
from juzhu.modules.notices import queries as notices
from juzhu.modules.partners import queries as partners
from juzhu.modules.payments import queries as payments
from juzhu.modules.people import queries as people
from juzhu.modules.permits import queries as permits
from juzhu.modules.permits.contracts import PermitView
from juzhu.modules.proactive import queries as proactive
from juzhu.modules.sheets import queries as sheets

Entry = Mapping[str, Any]
MOST: Final = 100_000
"""Of each kind: more than anybody has; nothing is left out."""


def make(*, copy_id: int) -> None:
    """Make a copy that was asked for, once."""
    wanted = copies.to_make(copy_id)
    if wanted is None:
        return
    person_id, language = wanted
    at = wiring.clock().now()
    found = gather(person_id, at)
    copy_services.keep(
        copy_id=copy_id,
        document=_json(found, at),
        page=wiring_copies.copy_pages().render(page(found, language, at)),
        at=at,
    )


def gather(person_id: int, at: datetime) -> dict[str, list[Entry]]:
    """Return the entries by section, in the order of `SECTIONS`."""
    found = {
        "person": _person(person_id),
        "permits": _permits(person_id, at),
        "cases": [_case(case) for case in cases.cases_of(person_id, limit=MOST)],
        "cards": _cards(person_id),
        "payments": _payments(person_id, at),
        "sheets": _sheets(person_id),
        "shares": _shares(person_id),
        "messages": _messages(person_id),
        "looks": _looks(person_id, at),
        "disputes": _disputes(person_id),
        "consents": _consents(person_id),
        "life": _life(person_id),
        "hearings": _hearings(person_id),
        "ends": _ends(person_id),
    }
    return {name: found[name] for name in SECTIONS}


def _person(person_id: int) -> list[Entry]:
    person = people.person(person_id)
    return [
        {
            "name": person.name,
            "id_number": person.id_number,
            "former_id_numbers": people.former_numbers(person_id),
            "phone": person.phone,
            "phone_doubted": person.phone_doubted,
        }
    ]


def _permits(person_id: int, at: datetime) -> list[Entry]:
    return [
        {
            "permit_number": permit.number,
            "state": permit.status.state,
            "issued_on": permit.status.issued_on,
            "valid_through": permit.status.valid_through,
            "window_opens": permit.status.window_opens,
            "continuous_since": permit.status.continuous_since,
            "cancelled_on": permit.status.cancelled_on if _is_over(permit) else None,
            "acts": [
                {"act": act.kind, "on": act.on, "reason": act.reason, "until": act.until}
                for act in permit.actions
            ],
        }
        for permit in permits.permits_of(person_id, at.date())
    ]


def _is_over(permit: PermitView) -> bool:
    return permit.status.state is PermitState.CANCELLED


def _case(case: CaseView) -> Entry:
    return {
        "number": case.number,
        "business": case.business,
        "state": case.state,
        "channel": case.channel,
        "accepted_at": case.accepted_at,
        "decided_at": case.decided_at,
        "route": case.route,
        "delivery": case.delivery,
        "point": case.point,
        "agent": mask_name(case.agent_name) if case.agent_name else "",
        "permit_number": case.permit_number,
        "review_asked_at": case.review_asked_at,
        "findings": [
            {
                "condition": finding.condition,
                "met": finding.met,
                "needed": finding.needed,
                "found": finding.found,
                "source": finding.source,
                "citation": finding.citation,
            }
            for finding in case.findings
        ],
        "answers": [
            {"source": it.source, "status": it.status, "at": it.asked_at, "receipt": it.receipt}
            for it in case.answers
        ],
        "ruling": case.ruling.words if case.ruling else "",
    }


def _cards(person_id: int) -> list[Entry]:
    return [
        {
            "card_number": card.number,
            "number": card.case_number,
            "ground": card.ground,
            "state": card.state,
            "ordered_at": card.ordered_at,
            "delivery": card.delivery,
            "point": card.point,
            "serial": card.serial,
            "events": [{"event": event.kind, "at": event.at} for event in card.events],
        }
        for card in cards.cards_of(person_id, limit=MOST)
    ]


def _payments(person_id: int, at: datetime) -> list[Entry]:
    return [
        {
            "payment_number": order.number,
            "number": order.case_number,
            "yuan": f"{order.amount_fen / 100:.2f}",
            "state": order.state,
            "opened_at": order.opened_at,
            "pay_by": order.pay_by,
        }
        for order in payments.orders_of(person_id, at=at)
    ]


def _sheets(person_id: int) -> list[Entry]:
    return [
        {
            "sheet_number": sheet.number,
            "purpose": sheet.purpose,
            "asked_at": sheet.asked_at,
            "made_at": sheet.made_at,
            "state": sheet.state,
        }
        for sheet in sheets.sheets_of(person_id, limit=MOST)
    ]


def _shares(person_id: int) -> list[Entry]:
    return [
        {
            "purpose": share.purpose,
            "fields": list(share.fields),
            "made_at": share.made_at,
            "expires_on": share.expires_on,
            "revoked_at": share.revoked_at,
            "uses": share.uses,
        }
        for share in sheets.shares_of(person_id)
    ]


def _messages(person_id: int) -> list[Entry]:
    return [
        {
            "at": message.written_at,
            "text": message.text,
            "text_en": message.text_en,
            "delivery": message.delivery,
            "number": message.case_number,
        }
        for message in notices.inbox(person_id, MOST)
    ]


def _looks(person_id: int, at: datetime) -> list[Entry]:
    names = {**partners.names(), **mandates.helper_names(person_id)}
    whose, before = DataSubject(person_id, people.id_digest(person_id)), None
    found: list[Entry] = []
    while True:
        page = audit.page_of_looks(whose, at=at, before=before)
        found += [_look(look, names) for look in page.looks]
        if page.next is None:
            return found
        before = page.next


def _look(look: LookView, names: Mapping[str, str]) -> Entry:
    return {
        "at": look.at,
        "who": _who(look.who, names),
        "purpose": look.purpose,
        "fields": list(look.fields),
        "occasion": "" if look.who.startswith("partner:") else look.occasion,
        "basis": look.basis,
        "times": look.times,
    }


def _who(actor: str, names: Mapping[str, str]) -> str:
    """Return who it was: a department by its name, an officer by the ends of the number."""
    kind, _, name = actor.partition(":")
    if kind == "partner":
        return names.get(name, name)
    if kind == "helper":
        return f"您授权的亲友 {names[actor]}"
    if kind == "officer" and len(name) > 3:
        return f"officer:{name[:1]}***{name[-2:]}"
    return actor


def _disputes(person_id: int) -> list[Entry]:
    return [
        {
            "at": dispute.opened_at,
            "item": dispute.item,
            "reason": dispute.reason,
            "words": dispute.words,
            "answer_by": dispute.answer_by,
            "verdict": dispute.verdict,
            "answer": dispute.answer,
            "answered_at": dispute.answered_at,
        }
        for dispute in disputes.disputes_of(person_id)
    ]


def _consents(person_id: int) -> list[Entry]:
    consent = proactive.consent_of(person_id)
    given: list[Entry] = [
        {
            "consent": "helper",
            "helper": mask_name(mandate.helper_name),
            "tasks": sorted(mandate.tasks),
            "given_at": mandate.given_at,
            "through": mandate.through,
            "ended_at": mandate.ended_at,
        }
        for mandate in mandates.of_holder(person_id)
    ]
    given += [
        {
            "consent": "helps",
            "holder": mask_name(people.person(mandate.holder_id).name),
            "tasks": sorted(mandate.tasks),
            "given_at": mandate.given_at,
            "through": mandate.through,
            "ended_at": mandate.ended_at,
        }
        for mandate in mandates.ever_of_helper(person_id)
    ]
    given += [
        {
            "consent": "wechat",
            "account": it.openid,
            "given_at": it.bound_at,
            "ended_at": it.ended_at,
        }
        for it in bindings.of_person(person_id)
    ]
    if consent is not None:
        given.append({"consent": "endorse_without_asking", "given_at": consent.given_at})
    return given


def _life(person_id: int) -> list[Entry]:
    return [
        {
            "event": signal.kind,
            "source": signal.source,
            "on": signal.on,
            "at": signal.received_at,
            "outcome": signal.outcome,
        }
        for signal in lives.signals_of(person_id)
    ]


def _hearings(person_id: int) -> list[Entry]:
    return [
        {
            "at": found.opened_at,
            "ground": found.ground,
            "hear_by": found.hear_by,
            "words": found.said,
            "outcome": found.outcome,
            "answer": found.words,
            "answered_at": found.decided_at,
        }
        for found in lives.proceedings_of(person_id)
    ]


def _ends(person_id: int) -> list[Entry]:
    return [
        {
            "on": end.on,
            "asked_at": end.asked_at,
            "channel": end.asking.channel or "counter",
            "proofs": list(end.asking.proofs),
            "words": end.said,
            "answer_by": end.answer_by,
            "outcome": end.outcome,
            "answer": end.words if end.outcome else "",
            "answered_at": end.answered_at,
        }
        for end in asked.of_person(person_id)
    ]


def _json(found: Mapping[str, list[Entry]], at: datetime) -> bytes:
    document = {
        "what": "深圳居住证服务留存的本人信息 (个人信息保护法 第四十五条)",
        "made_at": localtime(at).isoformat(),
        **found,
    }
    return json.dumps(document, ensure_ascii=False, indent=1, default=_plain).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return localtime(value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)

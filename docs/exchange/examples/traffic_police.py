"""Traffic police: one applicant for a licence at the counter, and what each answer means there."""

from juzhu.client import Refused
from sandbox import connect, person

MEANING = {
    "valid": "go on",
    "suspended": "the permit is suspended: endorse it first, it is restored the same day",
    "cancelled": "the permit was cancelled: apply for a new one",
    "none": "no permit under this name and number: compare with the card",
}

exchange = connect("traffic-police")
try:
    answer = exchange.verify(purpose="driving-licence", **person())
    print(MEANING[answer["status"]])
except Refused as refused:
    print("not answered:", refused.problem["title"], refused.problem["trace_id"])
exchange.http.close()

"""Civil affairs: register a marriage on an answer, and prove years later what was answered.

Keep three things in the file: the request, the answer, the receipt. For two years the exchange
gives the answer again; the receipt can be checked with its published keys alone.
"""

from sandbox import connect, person

exchange = connect("civil-affairs")
answer = exchange.verify(purpose="marriage", **person())
print("status", answer["status"], "receipt", answer["receipt_id"])

kept = (answer.receipt, answer.raw, answer.request)  # into the file
exchange.check_receipt(*kept)
again = exchange.call("GET", f"/api/v1/receipts/{answer['receipt_id']}")
assert again.content == answer.raw
print("proved")
exchange.http.close()

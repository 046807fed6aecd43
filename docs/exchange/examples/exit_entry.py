"""Exit-entry: registered for proof of possession, so that a stolen token is worth nothing.

Its looks are confidential for a time: the holder reads of them only after that.
"""

from sandbox import connect, person

exchange = connect("exit-entry", dpop=True)
answer = exchange.verify(purpose="exit-entry", **person())
print("status", answer["status"])
for grant in exchange.call("GET", "/api/v1/me").json()["grants"]:
    print(grant["scope"], "confidential for", grant["confidential_days"], "days")
exchange.http.close()

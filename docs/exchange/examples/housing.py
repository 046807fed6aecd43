"""Housing: follow the permits of tenants one has verified, without asking every day.

The feed tells only of people whom this department has verified, under names of its own. Keep the
cursor in the same transaction as what you did with the page; take each event in once, by its id.
"""

from sandbox import connect, person

exchange = connect("housing")
tenant = exchange.verify(purpose="housing", **person())
print("known here as", tenant["subject"])

kept = ""  # yours, from the last time
for events, cursor in exchange.events(after=kept):
    for event in events:
        print(event["id"], event["type"], event["subject"])
    kept = cursor
print("go on after", kept)
exchange.http.close()

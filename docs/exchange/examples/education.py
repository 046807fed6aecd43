"""Education: has a parent held a permit, and since when? What counts as a year is the school's.

A late endorsement leaves a gap between two periods: both are given, nothing is interpreted.
"""

from sandbox import connect, person

exchange = connect("education")
answer = exchange.verify(purpose="school-enrolment", **person())
print("status", answer["status"], "through", answer["valid_through"])
for period in answer["held_periods"]:
    print("held", period["from"], "to", period["through"])
exchange.http.close()

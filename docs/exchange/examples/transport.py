"""Transport: everybody in one month's plate lottery at once, as of its cut-off day."""

from datetime import date

from sandbox import connect, person

exchange = connect("transport")
cut_off = date.today().replace(day=1).isoformat()
applicants = [{**person(), "as_of": cut_off}, {**person(), "name": "另一人", "as_of": cut_off}]
answer = exchange.verify_many(purpose="plate-lottery", people=applicants)
for applicant, result in zip(applicants, answer["results"], strict=True):
    late = " (recorded later)" if result["recorded_later"] else ""
    print(applicant["name"], result["status"], "on", result["as_of"], late)
exchange.http.close()

"""The door of work done later: workers claim orders and run them; no logic.

A job is a function `run(tools, payload) -> bool`. It opens its own transactions from `tools.sessions`,
reads the clock once for each, acts as WORKER and makes one call of an operation in each. It answers
whether more remains: then the lease is renewed and it is run again at once, with the same payload, so
a long job is many short parts (an import takes 200 rows a part), and a worker that is asked to stop does
so between two of them. No part may take longer than the lease (models/jobs.py).

A job whose whole part is one transaction is made by `in_one_transaction` from a function
`(session, actor, payload, *, at) -> bool | None`.

Every job is run at least once for each order: a worker that dies after the effect and before its note of
it leaves the job to be run again. So a job looks at what is there and does what is missing.

Payloads hold ids only, and nothing of a payload or of a failure's words is logged or kept: they could
name a person.
"""

"""The worker: a Faust app that decides batches of records and commits each in one Postgres transaction.

The only room that knows Faust. A batch goes through `deciding` (in memory), `commit` (one transaction) and `relay`
(one Kafka transaction); `claim` says which partitions a worker may write at all.
"""

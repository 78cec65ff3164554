"""Sends three commands to the stream of replicas, and waits for their results."""

import asyncio
import json
import struct
import sys

import nats
from nats.js.api import ConsumerConfig, DeliverPolicy

SERVERS = sys.argv[1] if len(sys.argv) > 1 else "nats://127.0.0.1:4222"


async def main():
    connection = await nats.connect(SERVERS.split(","))
    stream = connection.jetstream()

    # A command. The stream's sequence is its ext_seq. The id makes a retry safe.
    sent = []
    for number in (1, 2, 3):
        command = {"command": "Deposit", "payload": {"account_id": 7, "amount": 10 * number}}
        headers = {"Content-Type": "application/json", "Nats-Msg-Id": f"example-{number}"}
        body = json.dumps(command).encode()
        ack = await stream.publish("bank.commands", body, headers=headers, timeout=10)
        sent.append(ack.seq)

    # Results and events, in the order of the commands. A consumer keys them by ext_seq: a message
    # that it has seen already changes nothing.
    results = {}
    config = ConsumerConfig(deliver_policy=DeliverPolicy.ALL)
    messages = await stream.subscribe("bank.>", stream="BANK-results", ordered_consumer=True, config=config)
    while max(results, default=0) < sent[-1]:
        message = await messages.next_msg(timeout=30)
        ext_seq = int(message.headers["Statevec-Ext-Seq"])
        if message.subject == "bank.results":
            version, ext_seq, status, value = struct.unpack("<BQBQ", message.data)
            assert version == 2
            results[ext_seq] = f"committed as transaction {value}" if status == 1 else "rejected"
        elif ext_seq in sent:
            event = json.loads(message.data)
            print(f"event of command {ext_seq}: {event['event']} {event['payload']['delta']:+}")
    for ext_seq in sent:
        print(f"command {ext_seq}: {results[ext_seq]}")
    await connection.close()


asyncio.run(main())
